/* Two lines, UART0 and USB: the device hears both, and answers on the one that the last byte came by. Nobody waits at the
 * UART: answers for a USB host that has left end there. What is said before anybody has spoken, why the device was
 * started anew, is said on both. */
#ifndef RP2_LINES_H
#define RP2_LINES_H

#include "pl011.h"
#include "rp2-usb.h"

static bool usb_is_spoken_to, has_heard;

static int uart_next(void) {
  int byte = usb_is_spoken_to ? -1 : line_next();
  if (byte >= 0 && !has_heard) usb_keep((uint8_t)byte);
  return byte;
}

void uart_interrupt(void) {
  if (pl011_receive()) has_heard = true, usb_is_spoken_to = false;
  if (usb_receive()) has_heard = usb_is_spoken_to = true;
  if (!configuration) usb_is_spoken_to = false;
  if (usb_is_spoken_to) usb_send();
  pl011_send(uart_next);
}

#endif
