/* UART0 on PA0 and PA1 (LM3S6965 data sheet, 5.4, 8.5 and 12.5). */
#include "board.h"

#define RCGC1 REGISTER(0x400fe104u)
#define RCGC2 REGISTER(0x400fe108u)
#define RCGC1_UART0 (1u << 0)
#define RCGC2_GPIOA (1u << 0)
#define GPIOA_AFSEL REGISTER(0x40004420u)
#define GPIOA_DEN REGISTER(0x4000451cu)
#define UART0_PINS 3u

#define UART 0x4000c000u
#define UART_CLOCK CLOCK
#define UART_IRQ 5u
#include "pl011.h"

void uart_open(void) {
  RCGC1 |= RCGC1_UART0;
  RCGC2 |= RCGC2_GPIOA;
  /* A clock that is enabled takes three cycles to come. */
  (void)RCGC2;
  (void)RCGC2;
  GPIOA_AFSEL |= UART0_PINS;
  GPIOA_DEN |= UART0_PINS;
  pl011_open();
}

void uart_interrupt(void) {
  pl011_receive();
  pl011_send(line_next);
}
