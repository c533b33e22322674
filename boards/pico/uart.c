/* UART0 on GP0 and GP1, and USB (RP2040 datasheet, 4.2 and 2.19). */
#include "rp2040.h"

#define UART 0x40034000u
#define UART_CLOCK CLOCK
#define UART_IRQ 20u
#define USB_IRQ 5u
#include "rp2-lines.h"

void uart_open(void) {
  clocks_start();
  IO_BANK0_GPIO0_CTRL = FUNCSEL_UART;
  IO_BANK0_GPIO1_CTRL = FUNCSEL_UART;
  /* A receiver that nobody drives is pulled up, and idle. */
  PADS_BANK0_GPIO1 = PAD_INPUT_ENABLE | PAD_PULL_UP | PAD_SCHMITT | PAD_DRIVE_4MA;
  pl011_open();
  usb_open();
}
