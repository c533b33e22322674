/* The nRF51's UART (nRF51 Series Reference Manual, 12, 14, 29), to the interface chip. */
#include "board.h"

#define CLOCK_HFCLKSTART REGISTER(0x40000000)
#define CLOCK_HFCLKSTARTED REGISTER(0x40000100)
#define UART_STARTRX REGISTER(0x40002000)
#define UART_STARTTX REGISTER(0x40002008)
#define UART_RXDRDY REGISTER(0x40002108)
#define UART_TXDRDY REGISTER(0x4000211c)
#define UART_INTENSET REGISTER(0x40002304)
#define UART_ENABLE REGISTER(0x40002500)
#define UART_PSELTXD REGISTER(0x4000250c)
#define UART_PSELRXD REGISTER(0x40002514)
#define UART_RXD REGISTER(0x40002518)
#define UART_TXD REGISTER(0x4000251c)
#define UART_BAUDRATE REGISTER(0x40002524)
#define UART_IRQ 2u
#define GPIO_OUTSET REGISTER(0x50000508)
#define GPIO_DIRSET REGISTER(0x50000518)
#define GPIO_PIN_CNF(pin) REGISTER(0x50000700u + 4 * (pin))
#define NVIC_ISER REGISTER(0xe000e100)
#define NVIC_ISPR REGISTER(0xe000e200)

#define TX_PIN 24u
#define RX_PIN 25u
#define PIN_CNF_INPUT 0u
#define INTEN_RXDRDY (1u << 2)
#define INTEN_TXDRDY (1u << 7)
#define UART_ENABLED 4u
/* 2³² times the baud rate in clocks, of which the lowest 12 bits must be zero. */
#define BAUD_RATE ((uint32_t)((((uint64_t)UART_BAUD << 32) / CLOCK + 0x800u) & 0xfffff000u))
_Static_assert(UART_BAUD <= 1000000u, "the UART cannot run at this baud rate");
REQUIRE_BAUD((uint64_t)BAUD_RATE * CLOCK >> 32);

static volatile bool sending;

void uart_open(void) {
  /* The crystal: the chip's own oscillator is too inexact for a UART. */
  CLOCK_HFCLKSTARTED = 0;
  CLOCK_HFCLKSTART = 1;
  while (!CLOCK_HFCLKSTARTED) continue;
  GPIO_OUTSET = 1u << TX_PIN;
  GPIO_DIRSET = 1u << TX_PIN;
  GPIO_PIN_CNF(RX_PIN) = PIN_CNF_INPUT;
  UART_PSELTXD = TX_PIN;
  UART_PSELRXD = RX_PIN;
  UART_BAUDRATE = BAUD_RATE;
  UART_ENABLE = UART_ENABLED;
  UART_INTENSET = INTEN_RXDRDY | INTEN_TXDRDY;
  NVIC_ISER = 1u << UART_IRQ;
  UART_STARTRX = 1;
  UART_STARTTX = 1;
}

void uart_send(void) { NVIC_ISPR = 1u << UART_IRQ; }

/* Sent bytes are told one by one. */
void uart_interrupt(void) {
  while (UART_RXDRDY) {
    UART_RXDRDY = 0;
    line_receive((uint8_t)UART_RXD);
  }
  if (UART_TXDRDY) {
    UART_TXDRDY = 0;
    sending = false;
  }
  if (sending) return;
  int byte = line_next();
  if (byte < 0) return;
  sending = true;
  UART_TXD = (uint32_t)byte;
}
