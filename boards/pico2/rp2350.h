/* The RP2350's registers, named as in its datasheet. */
#ifndef RP2350_H
#define RP2350_H

#include "board.h"

/* 7.5 Subsystem resets */
#define RESETS 0x40020000u
#define RESETS_RESET REGISTER(RESETS + 0x0)
#define RESETS_RESET_DONE REGISTER(RESETS + 0x8)
#define RESET_IO_BANK0 (1u << 6)
#define RESET_PADS_BANK0 (1u << 9)
#define RESET_PLL_SYS (1u << 14)
#define RESET_PLL_USB (1u << 15)
#define RESET_UART0 (1u << 26)
#define RESET_USBCTRL (1u << 28)

/* 7.4 Power-on state machine */
#define PSM_WDSEL REGISTER(0x40018008u)
#define PSM_ALL 0x1ffffffu
#define PSM_ROSC (1u << 2)
#define PSM_XOSC (1u << 3)

/* 8.1 Clocks */
#define CLOCKS 0x40010000u
#define CLK_REF_CTRL REGISTER(CLOCKS + 0x30)
#define CLK_REF_SELECTED REGISTER(CLOCKS + 0x38)
#define CLK_SYS_CTRL REGISTER(CLOCKS + 0x3c)
#define CLK_SYS_SELECTED REGISTER(CLOCKS + 0x44)
#define CLK_PERI_CTRL REGISTER(CLOCKS + 0x48)
#define CLK_USB_CTRL REGISTER(CLOCKS + 0x60)
#define CLK_REF_SRC_XOSC 2u
#define CLK_SYS_SRC_REF 0u
#define CLK_SYS_SRC_AUX 1u
#define CLK_PERI_ENABLE (1u << 11)
#define CLK_USB_AUXSRC_PLL_USB (0u << 5)
#define CLK_USB_ENABLE (1u << 11)

/* 8.2 Crystal oscillator */
#define XOSC 0x40048000u
#define XOSC_CTRL REGISTER(XOSC + 0x00)
#define XOSC_STATUS REGISTER(XOSC + 0x04)
#define XOSC_STARTUP REGISTER(XOSC + 0x0c)
#define XOSC_CTRL_ENABLE (0xfabu << 12)
#define XOSC_CTRL_1_15MHZ 0xaa0u
#define XOSC_STATUS_STABLE (1u << 31)

/* 8.6 PLL */
#define PLL_SYS 0x40050000u
#define PLL_USB 0x40058000u
#define PLL_CS(pll) REGISTER((pll) + 0x0)
#define PLL_PWR(pll) REGISTER((pll) + 0x4)
#define PLL_FBDIV_INT(pll) REGISTER((pll) + 0x8)
#define PLL_PRIM(pll) REGISTER((pll) + 0xc)
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)

/* 8.5 Ticks */
#define TICKS_WATCHDOG_CTRL REGISTER(0x40108030u)
#define TICKS_WATCHDOG_CYCLES REGISTER(0x40108034u)
#define TICKS_ENABLE (1u << 0)

/* 9.11 GPIO; pads are isolated until they are told otherwise */
#define IO_BANK0_GPIO0_CTRL REGISTER(0x40028004u)
#define IO_BANK0_GPIO1_CTRL REGISTER(0x4002800cu)
#define FUNCSEL_UART 2u
#define PADS_BANK0_GPIO0 REGISTER(0x40038004u)
#define PADS_BANK0_GPIO1 REGISTER(0x40038008u)
#define PAD_SCHMITT (1u << 1)
#define PAD_PULL_UP (1u << 3)
#define PAD_DRIVE_4MA (1u << 4)
#define PAD_INPUT_ENABLE (1u << 6)

/* 12.9 Watchdog */
#define WATCHDOG 0x400d8000u
#define WATCHDOG_CTRL REGISTER(WATCHDOG + 0x00)
#define WATCHDOG_LOAD REGISTER(WATCHDOG + 0x04)
#define WATCHDOG_REASON REGISTER(WATCHDOG + 0x08)
#define WATCHDOG_SCRATCH2 REGISTER(WATCHDOG + 0x14)
#define WATCHDOG_CTRL_ENABLE (1u << 30)
#define WATCHDOG_CTRL_TRIGGER (1u << 31)
#define WATCHDOG_REASON_TIMER (1u << 0)

/* Megahertz of the Pico 2's crystal. */
#define CRYSTAL 12u

/* clocks.c: the processor and the UART run at CLOCK, the USB at 48 MHz, the watchdog counts microseconds. */
void clocks_start(void);

/* boot-loader.c: leaves this program for the boot ROM, which waits for another one as a USB volume. */
_Noreturn void boot_loader_start(void);

#endif
