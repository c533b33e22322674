/* UART0 of the ESP32-C3, on the pins the boot ROM has set, and clocked by the crystal (technical reference manual, UART Controller). */
#include "chip.h"
#include "interrupts.h"
#include "riscv.h"

#define UART0 0x60000000u
#define UART_FIFO REGISTER(UART0 + 0x00)
#define UART_INT_ENA REGISTER(UART0 + 0x0c)
#define UART_INT_CLR REGISTER(UART0 + 0x10)
#define UART_CLKDIV REGISTER(UART0 + 0x14)
#define UART_STATUS REGISTER(UART0 + 0x1c)
#define UART_CONF0 REGISTER(UART0 + 0x20)
#define UART_CONF1 REGISTER(UART0 + 0x24)
#define UART_CLK_CONF REGISTER(UART0 + 0x78)
#define UART_ID REGISTER(UART0 + 0x80)
#define RXFIFO_FULL (1u << 0)
#define TXFIFO_EMPTY (1u << 1)
#define RXFIFO_TOUT (1u << 8)
#define RECEIVING (RXFIFO_FULL | RXFIFO_TOUT)
#define RXFIFO_CNT (UART_STATUS & 0x3ffu)
#define TXFIFO_CNT (UART_STATUS >> 16 & 0x3ffu)
/* Bytes, out of a FIFO of 128. */
#define TXFIFO_ROOM 120u
#define CONF0_8_BITS_1_STOP (3u << 2 | 1u << 4)
#define CONF0_RXFIFO_RST (1u << 17)
#define CONF0_TXFIFO_RST (1u << 18)
#define CONF0_MEM_CLK_EN (1u << 28)
#define CONF1_RXFIFO_FULL_32 (32u << 0)
#define CONF1_TXFIFO_EMPTY_32 (32u << 9)
#define CONF1_RX_TOUT_EN (1u << 21)
#define CLK_CONF_XTAL (3u << 20)
#define CLK_CONF_ENABLE (1u << 22 | 1u << 24 | 1u << 25)
#define ID_REG_UPDATE (1u << 31)

/* Hz. */
#define XTAL 40000000u
/* Clocks of a bit, in sixteenths. */
#define BAUD_DIVISOR ((XTAL * 16ull + UART_BAUD / 2) / UART_BAUD)
_Static_assert(BAUD_DIVISOR < 4096 * 16, "the UART cannot run at this baud rate");
REQUIRE_BAUD(XTAL * 16ull / BAUD_DIVISOR);

void uart_open(void) {
  chip_open();
  UART_CLK_CONF = CLK_CONF_XTAL | CLK_CONF_ENABLE;
  UART_CLKDIV = (uint32_t)(BAUD_DIVISOR / 16 | BAUD_DIVISOR % 16 << 20);
  UART_CONF0 = CONF0_8_BITS_1_STOP | CONF0_MEM_CLK_EN | CONF0_RXFIFO_RST | CONF0_TXFIFO_RST;
  UART_CONF0 = CONF0_8_BITS_1_STOP | CONF0_MEM_CLK_EN;
  UART_CONF1 = CONF1_RXFIFO_FULL_32 | CONF1_TXFIFO_EMPTY_32 | CONF1_RX_TOUT_EN;
  UART_ID |= ID_REG_UPDATE;
  UART_INT_CLR = UINT32_MAX;
  UART_INT_ENA = RECEIVING;
  connect_interrupt(UART_SOURCE, EXTERNAL_INTERRUPT);
}

void uart_send(void) { UART_INT_ENA = RECEIVING | TXFIFO_EMPTY; }

static void fill(void) {
  while (TXFIFO_CNT < TXFIFO_ROOM) {
    int byte = line_next();
    if (byte < 0) {
      UART_INT_ENA = RECEIVING;
      return;
    }
    UART_FIFO = (uint32_t)byte;
  }
}

void uart_interrupt(void) {
  /* First: what happens from now on interrupts again. */
  UART_INT_CLR = RECEIVING | TXFIFO_EMPTY;
  while (RXFIFO_CNT > 0) line_receive((uint8_t)UART_FIFO);
  fill();
}
