/* CMSDK APB UART 0 (Arm DDI 0479). */
#include "board.h"

#define UART 0x40004000u
#define DATA REGISTER(UART + 0x0)
#define STATE REGISTER(UART + 0x4)
#define CTRL REGISTER(UART + 0x8)
#define INTSTATUS REGISTER(UART + 0xc)
#define BAUDDIV REGISTER(UART + 0x10)
#define NVIC_ISER REGISTER(0xe000e100)
#define NVIC_ISPR REGISTER(0xe000e200)
#define RX_IRQ (1u << 0)
#define TX_IRQ (1u << 1)

#define STATE_TXFULL 1u
#define STATE_RXFULL 2u
#define CTRL_TX 1u
#define CTRL_RX 2u
#define CTRL_TX_INTERRUPT 4u
#define CTRL_RX_INTERRUPT 8u
#define INT_TX 1u
#define INT_RX 2u

/* Clocks of a bit. */
#define BAUD_DIVISOR ((CLOCK + UART_BAUD / 2) / UART_BAUD)
_Static_assert(BAUD_DIVISOR >= 16 && BAUD_DIVISOR < 1 << 20, "the UART cannot run at this baud rate");
REQUIRE_BAUD(CLOCK / BAUD_DIVISOR);

void uart_open(void) {
  BAUDDIV = BAUD_DIVISOR;
  CTRL = CTRL_TX | CTRL_RX | CTRL_RX_INTERRUPT | CTRL_TX_INTERRUPT;
  NVIC_ISER = RX_IRQ | TX_IRQ;
}

/* The interrupt tells that a byte has left: the first one is sent by pending it. */
void uart_send(void) { NVIC_ISPR = TX_IRQ; }

void uart_interrupt(void) {
  INTSTATUS = INT_TX | INT_RX;
  while (STATE & STATE_RXFULL) line_receive((uint8_t)DATA);
  while (!(STATE & STATE_TXFULL)) {
    int byte = line_next();
    if (byte < 0) break;
    DATA = (uint32_t)byte;
  }
}
