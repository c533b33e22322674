/* Resets, clocks and PLLs of the RP2040 and RP2350, after the chip's own registers. */
#ifndef RP2_CLOCKS_H
#define RP2_CLOCKS_H

/* 12 MHz · 100 = 1200 MHz, over 5 twice. */
#define USB_FBDIV 100u
#define USB_POSTDIV 5u
_Static_assert(CRYSTAL * USB_FBDIV / (USB_POSTDIV * USB_POSTDIV) == 48, "the USB runs at 48 MHz");

/* A millisecond of the crystal, in units of 256 cycles. */
#define STARTUP_DELAY (CRYSTAL * 1000u / 256u)

/* Takes blocks through a reset: after a restart they are as they were left. */
static inline void reset_blocks(uint32_t blocks) {
  RESETS_RESET |= blocks;
  RESETS_RESET &= ~blocks;
  while (~RESETS_RESET_DONE & blocks) continue;
}

static inline void select(volatile uint32_t *control, volatile uint32_t *selected, uint32_t source) {
  *control = source;
  while (!(*selected & 1u << source)) continue;
}

static inline void start_pll(uint32_t pll, uint32_t fbdiv, uint32_t postdiv1, uint32_t postdiv2) {
  PLL_CS(pll) = 1;
  PLL_FBDIV_INT(pll) = fbdiv;
  PLL_PWR(pll) &= ~(PLL_PWR_PD | PLL_PWR_VCOPD);
  while (!(PLL_CS(pll) & PLL_CS_LOCK)) continue;
  PLL_PRIM(pll) = postdiv1 << 16 | postdiv2 << 12;
  PLL_PWR(pll) &= ~PLL_PWR_POSTDIVPD;
}

#endif
