/* Functions that a board gives, and those it is given. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

/* From board.toml and the host's schema: CLOCK, UART_BAUD, UART_WINDOW, USB_VENDOR and USB_PRODUCT where it has one of its
 * own, FAULT_…. */
#include "config.h"

/* --- What a board gives, in its uart.c --- */

/* Sets clocks and pins, and opens the UART at UART_BAUD with its receive interrupt. */
void uart_open(void);
/* There are bytes to send, or room for LINE_PACKET bytes again: sees to it that uart_interrupt() runs, which asks line_next()
 * for as many as there is room for, and runs again when there is more. */
void uart_send(void);
/* The handler of every external interrupt; the board enables only the UART's. */
void uart_interrupt(void);

/* Only boards with a watchdog define these. It is fed several times a second; resetting the chip after a second or more
 * without is soon enough. */
void watchdog_start(void);
void watchdog_feed(void);
/* Tells if it was the watchdog that reset the chip. */
bool watchdog_fired(void);
/* Only chips that a write to AIRCR (Cortex-M) or a jump to the start (RISC-V) does not reset as a whole define this. */
void chip_reset(void);
/* Only Cortex-M chips with two cores define this: has the second one begin, if it answers within milliseconds. */
void chip_start_second(const void *vectors, const void *stack_end, void (*entry)(void));

/* --- What it is given, for its interrupt --- */

/* A byte has come. */
void line_receive(uint8_t byte);
/* The next byte to send, or −1. */
int line_next(void);
/* Bytes that may come before one is lost: for lines that can make the host wait, until there is room for LINE_PACKET. */
uint32_t line_room(void);
#define LINE_PACKET 64u

/* Refuses a divisor whose rate is more than 2 % off: at twice that, a byte's last bit is read beside it. */
#define REQUIRE_BAUD(made)                                                                               \
  enum { BAUD_IS_MADE = 50ull * (made) >= 49ull * UART_BAUD && 50ull * (made) <= 51ull * UART_BAUD };    \
  _Static_assert(BAUD_IS_MADE, "the UART cannot run at this baud rate: its clock makes none within 2 %")

/* A register of the chip. */
#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#endif
