/* UART0 of the RP2040, a PL011 (RP2040 datasheet, 4.2). */
#include "board.h"

#define IO_BANK0 0x40014000u
#define GPIO0_CTRL REGISTER(IO_BANK0 + 0x04)
#define GPIO1_CTRL REGISTER(IO_BANK0 + 0x0c)
#define FUNCSEL_UART 2u

#define UART0 0x40034000u
#define UARTDR REGISTER(UART0 + 0x00)
#define UARTFR REGISTER(UART0 + 0x18)
#define UARTIBRD REGISTER(UART0 + 0x24)
#define UARTFBRD REGISTER(UART0 + 0x28)
#define UARTLCR_H REGISTER(UART0 + 0x2c)
#define UARTCR REGISTER(UART0 + 0x30)
#define UARTIFLS REGISTER(UART0 + 0x34)
#define UARTIMSC REGISTER(UART0 + 0x38)
#define UARTICR REGISTER(UART0 + 0x44)
#define UARTFR_RXFE (1u << 4)
#define UARTFR_TXFF (1u << 5)
#define UARTLCR_H_FEN (1u << 4)
#define UARTLCR_H_WLEN_8 (3u << 5)
#define UARTCR_UARTEN (1u << 0)
#define UARTCR_TXE (1u << 8)
#define UARTCR_RXE (1u << 9)
/* Interrupts when an eighth of the transmit FIFO is left, and when half of the receive FIFO is full. */
#define UARTIFLS_TX_8TH_RX_HALF (2u << 3)
#define UART_RX (1u << 4)
#define UART_TX (1u << 5)
#define UART_RX_TIMEOUT (1u << 6)

#define NVIC_ISER REGISTER(0xe000e100)
#define NVIC_ISPR REGISTER(0xe000e200)
#define UART0_IRQ (1u << 20)

void clocks_open(void);

void uart_open(void) {
  clocks_open();
  /* In 64ths, rounded: the clock over sixteen times the baud rate. */
  const uint32_t divider = (4 * CLOCK + UART_BAUD / 2) / UART_BAUD;
  UARTIBRD = divider >> 6;
  UARTFBRD = divider & 63;
  UARTLCR_H = UARTLCR_H_WLEN_8 | UARTLCR_H_FEN;
  UARTIFLS = UARTIFLS_TX_8TH_RX_HALF;
  UARTIMSC = UART_RX | UART_RX_TIMEOUT;
  UARTCR = UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE;
  GPIO0_CTRL = FUNCSEL_UART;
  GPIO1_CTRL = FUNCSEL_UART;
  NVIC_ISER = UART0_IRQ;
}

/* The interrupt comes when the FIFO empties: the first bytes are sent by pending it. */
void uart_send(void) { NVIC_ISPR = UART0_IRQ; }

void uart_interrupt(void) {
  UARTICR = UART_RX_TIMEOUT | UART_TX;
  while (!(UARTFR & UARTFR_RXFE)) line_receive((uint8_t)UARTDR);
  while (!(UARTFR & UARTFR_TXFF)) {
    int byte = line_next();
    if (byte < 0) {
      UARTIMSC = UART_RX | UART_RX_TIMEOUT;
      return;
    }
    UARTDR = (uint32_t)byte;
  }
  UARTIMSC = UART_RX | UART_RX_TIMEOUT | UART_TX;
}
