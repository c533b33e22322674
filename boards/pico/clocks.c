/* The crystal, two PLLs on it, the USB on one of them and everything else on the other (RP2040 datasheet, 2.14–2.18). */
#include "rp2040.h"
#include "rp2-clocks.h"

/* 12 MHz · 125 = 1500 MHz, over 6 and over 2. */
#define FBDIV 125u
#define POSTDIV1 6u
#define POSTDIV2 2u
_Static_assert(CRYSTAL * 1000000u / (POSTDIV1 * POSTDIV2) * FBDIV == CLOCK, "the PLL does not make the clock of board.toml");

void clocks_start(void) {
  XOSC_STARTUP = STARTUP_DELAY;
  XOSC_CTRL = XOSC_CTRL_ENABLE | XOSC_CTRL_1_15MHZ;
  while (!(XOSC_STATUS & XOSC_STATUS_STABLE)) continue;
  select(&CLK_REF_CTRL, &CLK_REF_SELECTED, CLK_REF_SRC_XOSC);
  /* Off the PLLs, should they run already. */
  select(&CLK_SYS_CTRL, &CLK_SYS_SELECTED, CLK_SYS_SRC_REF);
  CLK_USB_CTRL = 0;

  reset_blocks(RESET_PLL_SYS | RESET_PLL_USB);
  start_pll(PLL_SYS, FBDIV, POSTDIV1, POSTDIV2);
  start_pll(PLL_USB, USB_FBDIV, USB_POSTDIV, USB_POSTDIV);
  select(&CLK_SYS_CTRL, &CLK_SYS_SELECTED, CLK_SYS_SRC_AUX | CLK_SYS_AUXSRC_PLL_SYS);
  CLK_PERI_CTRL = CLK_PERI_ENABLE | CLK_PERI_AUXSRC_CLK_SYS;
  CLK_USB_CTRL = CLK_USB_ENABLE | CLK_USB_AUXSRC_PLL_USB;
  WATCHDOG_TICK = CRYSTAL | WATCHDOG_TICK_ENABLE;

  reset_blocks(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_UART0 | RESET_USBCTRL);
}
