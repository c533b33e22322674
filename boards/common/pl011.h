/* PrimeCell UART (PL011, Arm DDI 0183), for boards that say where it is (UART), what it is clocked with in hertz
 * (UART_CLOCK) and its number at the NVIC (UART_IRQ). */
#ifndef PL011_H
#define PL011_H

#include "board.h"

#define UARTDR REGISTER(UART + 0x00)
#define UARTFR REGISTER(UART + 0x18)
#define UARTIBRD REGISTER(UART + 0x24)
#define UARTFBRD REGISTER(UART + 0x28)
#define UARTLCR_H REGISTER(UART + 0x2c)
#define UARTCR REGISTER(UART + 0x30)
#define UARTIMSC REGISTER(UART + 0x38)
#define NVIC_ISER REGISTER(0xe000e100u + UART_IRQ / 32 * 4)
#define NVIC_ISPR REGISTER(0xe000e200u + UART_IRQ / 32 * 4)

#define UARTFR_RXFE (1u << 4)
#define UARTFR_TXFF (1u << 5)
#define UARTLCR_H_FEN (1u << 4)
#define UARTLCR_H_WLEN_8 (3u << 5)
#define UARTCR_UARTEN (1u << 0)
#define UARTCR_TXE (1u << 8)
#define UARTCR_RXE (1u << 9)
/* In UARTIMSC: bytes have come, and the FIFO is half full; fewer have, and no more follow; the FIFO is half empty. */
#define RXIM (1u << 4)
#define RTIM (1u << 6)
#define TXIM (1u << 5)

/* Sixteenths of a bit in clocks, with six fractional bits. */
#define BAUD_DIVISOR ((UART_CLOCK * 4u + UART_BAUD / 2u) / UART_BAUD)
_Static_assert(BAUD_DIVISOR >= 1u << 6 && BAUD_DIVISOR < 1u << 22, "the UART cannot run at this baud rate");
REQUIRE_BAUD(UART_CLOCK * 4ull / BAUD_DIVISOR);

static void pl011_open(void) {
  UARTIBRD = BAUD_DIVISOR >> 6;
  UARTFBRD = BAUD_DIVISOR & 63u;
  /* After the divisor: this write makes it count. */
  UARTLCR_H = UARTLCR_H_WLEN_8 | UARTLCR_H_FEN;
  UARTCR = UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE;
  UARTIMSC = RXIM | RTIM;
  NVIC_ISER = 1u << UART_IRQ % 32;
}

/* The FIFO asks for more only when it has been filled beyond its half and falls below: the first bytes are sent by
 * pending the interrupt. */
void uart_send(void) { NVIC_ISPR = 1u << UART_IRQ % 32; }

/* Takes what has come. Returns whether anything has. */
static inline bool pl011_receive(void) {
  bool has_come = false;
  for (; !(UARTFR & UARTFR_RXFE); has_come = true) line_receive((uint8_t)UARTDR);
  return has_come;
}

/* Sends what `next` gives, a byte or −1, while there is room. */
static inline void pl011_send(int (*next)(void)) {
  while (!(UARTFR & UARTFR_TXFF)) {
    int byte = next();
    if (byte < 0) {
      UARTIMSC = RXIM | RTIM;
      return;
    }
    UARTDR = (uint32_t)byte;
  }
  UARTIMSC = RXIM | RTIM | TXIM;
}

#endif
