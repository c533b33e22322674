/* Clocks, resets and the watchdog of the RP2040 (RP2040 datasheet, 2.13–2.18, 4.7). */
#include "board.h"

#define RESETS 0x4000c000u
#define RESET_CLEAR REGISTER(RESETS + 0x3000)
#define RESET_DONE REGISTER(RESETS + 0x8)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_UART0 (1u << 22)

#define XOSC 0x40024000u
#define XOSC_CTRL REGISTER(XOSC + 0x0)
#define XOSC_STATUS REGISTER(XOSC + 0x4)
#define XOSC_STARTUP REGISTER(XOSC + 0xc)
#define XOSC_CTRL_ENABLE_1_15MHZ (0xfab000u | 0xaa0u)
#define XOSC_STATUS_STABLE (1u << 31)
#define XOSC_HZ 12000000u
/* A millisecond, in units of 256 cycles. */
#define XOSC_STARTUP_DELAY (XOSC_HZ / 1000 / 256)

#define PLL_SYS 0x40028000u
#define PLL_CS REGISTER(PLL_SYS + 0x0)
#define PLL_PWR_CLEAR REGISTER(PLL_SYS + 0x3000 + 0x4)
#define PLL_FBDIV_INT REGISTER(PLL_SYS + 0x8)
#define PLL_PRIM REGISTER(PLL_SYS + 0xc)
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)
/* 12 MHz · 125 = 1500 MHz, over 6 and over 2. */
#define FEEDBACK 125u
#define POSTDIV1 6u
#define POSTDIV2 2u
_Static_assert(XOSC_HZ / (POSTDIV1 * POSTDIV2) * FEEDBACK == CLOCK, "the PLL does not make the clock of board.toml");

#define CLOCKS 0x40008000u
#define CLK_REF_CTRL REGISTER(CLOCKS + 0x30)
#define CLK_REF_SELECTED REGISTER(CLOCKS + 0x38)
#define CLK_SYS_CTRL REGISTER(CLOCKS + 0x3c)
#define CLK_SYS_SELECTED REGISTER(CLOCKS + 0x44)
#define CLK_PERI_CTRL REGISTER(CLOCKS + 0x48)
#define CLK_REF_XOSC 2u
#define CLK_SYS_REF 0u
#define CLK_SYS_AUX_PLL_SYS 1u
#define CLK_PERI_ENABLE_SYS (1u << 11)

static void unreset(uint32_t blocks) {
  RESET_CLEAR = blocks;
  while (~RESET_DONE & blocks) continue;
}

void clocks_open(void) {
  XOSC_STARTUP = XOSC_STARTUP_DELAY;
  XOSC_CTRL = XOSC_CTRL_ENABLE_1_15MHZ;
  while (!(XOSC_STATUS & XOSC_STATUS_STABLE)) continue;
  CLK_REF_CTRL = CLK_REF_XOSC;
  while (!(CLK_REF_SELECTED & (1u << CLK_REF_XOSC))) continue;
  /* After a restart the PLL runs, and the system on it. */
  CLK_SYS_CTRL = CLK_SYS_REF;
  while (!(CLK_SYS_SELECTED & (1u << 0))) continue;

  unreset(RESET_PLL_SYS);
  PLL_CS = 1;
  PLL_FBDIV_INT = FEEDBACK;
  PLL_PWR_CLEAR = PLL_PWR_PD | PLL_PWR_VCOPD;
  while (!(PLL_CS & PLL_CS_LOCK)) continue;
  PLL_PRIM = POSTDIV1 << 16 | POSTDIV2 << 12;
  PLL_PWR_CLEAR = PLL_PWR_POSTDIVPD;
  CLK_SYS_CTRL = CLK_SYS_AUX_PLL_SYS;
  while (!(CLK_SYS_SELECTED & (1u << 1))) continue;
  CLK_PERI_CTRL = CLK_PERI_ENABLE_SYS;

  unreset(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_UART0);
}
