/* An NS16550A behind a PLIC (16550 datasheet; RISC-V Platform-Level Interrupt Controller Specification). The emulator
 * keeps no baud rate. */
#include "board.h"
#include "riscv.h"

#define NS16550 0x10000000u
#define BYTE_REGISTER(address) (*(volatile uint8_t *)(address))
#define RBR BYTE_REGISTER(NS16550 + 0)
#define THR BYTE_REGISTER(NS16550 + 0)
#define IER BYTE_REGISTER(NS16550 + 1)
#define FCR BYTE_REGISTER(NS16550 + 2)
#define LCR BYTE_REGISTER(NS16550 + 3)
#define LSR BYTE_REGISTER(NS16550 + 5)
#define IER_RECEIVED 1u
#define IER_TRANSMITTER_EMPTY 2u
#define FCR_ENABLE_AND_CLEAR 7u
#define FCR_TRIGGER_8 (2u << 6)
#define LCR_8_BITS 3u
#define LSR_RECEIVED (1u << 0)
#define LSR_TRANSMITTER_EMPTY (1u << 5)
#define FIFO 16

#define UART_SOURCE 10u
#define PLIC 0x0c000000u
#define PLIC_PRIORITY REGISTER(PLIC + 4 * UART_SOURCE)
#define PLIC_ENABLE REGISTER(PLIC + 0x2000)
#define PLIC_THRESHOLD REGISTER(PLIC + 0x200000)
#define PLIC_CLAIM REGISTER(PLIC + 0x200004)

void uart_open(void) {
  LCR = LCR_8_BITS;
  FCR = FCR_ENABLE_AND_CLEAR | FCR_TRIGGER_8;
  IER = IER_RECEIVED;
  PLIC_PRIORITY = 1;
  PLIC_THRESHOLD = 0;
  PLIC_ENABLE = 1u << UART_SOURCE;
  /* A restart may have come in the middle of the interrupt. */
  PLIC_CLAIM = UART_SOURCE;
  __asm__ volatile("csrs mie, %0" ::"r"(1u << EXTERNAL_INTERRUPT));
}

void uart_send(void) { IER = IER_RECEIVED | IER_TRANSMITTER_EMPTY; }

static void fill(void) {
  if (!(LSR & LSR_TRANSMITTER_EMPTY)) return;
  for (int room = FIFO; room > 0; room--) {
    int byte = line_next();
    if (byte < 0) {
      IER = IER_RECEIVED;
      return;
    }
    THR = (uint8_t)byte;
  }
}

void uart_interrupt(void) {
  const uint32_t source = PLIC_CLAIM;
  while (LSR & LSR_RECEIVED) line_receive(RBR);
  fill();
  PLIC_CLAIM = source;
}
