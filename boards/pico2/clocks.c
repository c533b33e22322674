/* The crystal, the PLL on it, and everything else on the PLL (RP2350 datasheet, 7.5, 8.1–8.6). */
#include "rp2350.h"

/* 12 MHz · 125 = 1500 MHz, over 5 and over 2. */
#define FBDIV 125u
#define POSTDIV1 5u
#define POSTDIV2 2u
_Static_assert(CRYSTAL * 1000000u / (POSTDIV1 * POSTDIV2) * FBDIV == CLOCK, "the PLL does not make the clock of board.toml");

/* A millisecond of the crystal, in units of 256 cycles. */
#define STARTUP_DELAY (CRYSTAL * 1000u / 256u)

/* Takes blocks through a reset: after a restart they are as they were left. */
static void reset_blocks(uint32_t blocks) {
  RESETS_RESET |= blocks;
  RESETS_RESET &= ~blocks;
  while (~RESETS_RESET_DONE & blocks) continue;
}

static void select(volatile uint32_t *control, volatile uint32_t *selected, uint32_t source) {
  *control = source;
  while (!(*selected & 1u << source)) continue;
}

void clocks_start(void) {
  XOSC_STARTUP = STARTUP_DELAY;
  XOSC_CTRL = XOSC_CTRL_ENABLE | XOSC_CTRL_1_15MHZ;
  while (!(XOSC_STATUS & XOSC_STATUS_STABLE)) continue;
  select(&CLK_REF_CTRL, &CLK_REF_SELECTED, CLK_REF_SRC_XOSC);
  /* Off the PLL, should it run already. */
  select(&CLK_SYS_CTRL, &CLK_SYS_SELECTED, CLK_SYS_SRC_REF);

  reset_blocks(RESET_PLL_SYS);
  PLL_CS = 1;
  PLL_FBDIV_INT = FBDIV;
  PLL_PWR &= ~(PLL_PWR_PD | PLL_PWR_VCOPD);
  while (!(PLL_CS & PLL_CS_LOCK)) continue;
  PLL_PRIM = POSTDIV1 << 16 | POSTDIV2 << 12;
  PLL_PWR &= ~PLL_PWR_POSTDIVPD;
  select(&CLK_SYS_CTRL, &CLK_SYS_SELECTED, CLK_SYS_SRC_AUX);
  CLK_PERI_CTRL = CLK_PERI_ENABLE;
  TICKS_WATCHDOG_CYCLES = CRYSTAL;
  TICKS_WATCHDOG_CTRL = TICKS_ENABLE;

  reset_blocks(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_UART0);
}
