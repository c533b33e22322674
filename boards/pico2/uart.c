/* UART0 on GP0 and GP1, and USB (RP2350 datasheet, 12.1 and 9.11). */
#include "rp2350.h"

#define UART 0x40070000u
#define UART_CLOCK CLOCK
#define UART_IRQ 33u
#define USB_IRQ 14u
#include "rp2-lines.h"

void uart_open(void) {
  clocks_start();
  IO_BANK0_GPIO0_CTRL = FUNCSEL_UART;
  IO_BANK0_GPIO1_CTRL = FUNCSEL_UART;
  PADS_BANK0_GPIO0 = PAD_DRIVE_4MA | PAD_INPUT_ENABLE;
  /* A receiver that nobody drives is pulled up, and idle. */
  PADS_BANK0_GPIO1 = PAD_INPUT_ENABLE | PAD_PULL_UP | PAD_SCHMITT | PAD_DRIVE_4MA;
  pl011_open();
  usb_open();
}
