/* Clock and watchdogs of the ESP32-C3 (technical reference manual, Reset and Clock, Watchdog Timers). */
#include "chip.h"

#include "board.h"

#define SYSTEM 0x600c0000u
#define SYSTEM_CPU_PER_CONF REGISTER(SYSTEM + 0x08)
#define SYSTEM_SYSCLK_CONF REGISTER(SYSTEM + 0x58)
#define CPUPERIOD_SEL_160_MHZ (1u << 0)
#define PLL_FREQ_SEL_480_MHZ (1u << 2)
#define CPU_WAIT_MODE_FORCE_ON (1u << 3)
#define SOC_CLK_SEL_PLL (1u << 10)
_Static_assert(CLOCK == 160000000u, "the PLL is divided for 160 MHz");

#define RTC_CNTL 0x60008000u
#define RTC_CNTL_RESET_STATE REGISTER(RTC_CNTL + 0x38)
#define RTC_CNTL_WDTCONFIG0 REGISTER(RTC_CNTL + 0x90)
#define RTC_CNTL_WDTWPROTECT REGISTER(RTC_CNTL + 0xa8)
#define RTC_CNTL_SWD_CONF REGISTER(RTC_CNTL + 0xac)
#define RTC_CNTL_SWD_WPROTECT REGISTER(RTC_CNTL + 0xb0)
#define RESET_CAUSE 0x3fu
#define RESET_CAUSE_MWDT0 7u
#define SWD_AUTO_FEED_EN (1u << 31)
#define SWD_KEY 0x8f1d312au

#define TIMG0 0x6001f000u
#define TIMG1 0x60020000u
#define WDTCONFIG0(timer) REGISTER((timer) + 0x48)
#define WDTCONFIG1(timer) REGISTER((timer) + 0x4c)
#define WDTCONFIG2(timer) REGISTER((timer) + 0x50)
#define WDTFEED(timer) REGISTER((timer) + 0x60)
#define WDTWPROTECT(timer) REGISTER((timer) + 0x64)
#define WDT_SYS_RESET_LENGTH_3200_NS (7u << 15)
#define WDT_USE_XTAL (1u << 21)
#define WDT_CONF_UPDATE_EN (1u << 22)
#define WDT_STG0_RESET_SYSTEM (3u << 29)
#define WDT_EN (1u << 31)
#define WDT_KEY 0x50d83aa1u
/* Ticks of the 40 MHz crystal: a millisecond. */
#define WDT_PRESCALE_1_MS (40000u << 16)
#define WDT_PATIENCE_MS 8000u

static void stop_timer_watchdog(uint32_t timer) {
  WDTWPROTECT(timer) = WDT_KEY;
  WDTCONFIG0(timer) = 0;
  WDTCONFIG0(timer) = WDT_CONF_UPDATE_EN;
}

void chip_open(void) {
  RTC_CNTL_SWD_WPROTECT = SWD_KEY;
  RTC_CNTL_SWD_CONF |= SWD_AUTO_FEED_EN;
  RTC_CNTL_SWD_WPROTECT = 0;
  RTC_CNTL_WDTWPROTECT = WDT_KEY;
  RTC_CNTL_WDTCONFIG0 = 0;
  RTC_CNTL_WDTWPROTECT = 0;
  stop_timer_watchdog(TIMG0);
  stop_timer_watchdog(TIMG1);
  /* The boot ROM has started the PLL, for its USB. */
  SYSTEM_CPU_PER_CONF = CPU_WAIT_MODE_FORCE_ON | PLL_FREQ_SEL_480_MHZ | CPUPERIOD_SEL_160_MHZ;
  SYSTEM_SYSCLK_CONF = SOC_CLK_SEL_PLL;
}

/* TIMG0's, whose registers chip_open() has left writable. */
void watchdog_start(void) {
  WDTCONFIG1(TIMG0) = WDT_PRESCALE_1_MS;
  WDTCONFIG2(TIMG0) = WDT_PATIENCE_MS;
  WDTCONFIG0(TIMG0) = WDT_EN | WDT_STG0_RESET_SYSTEM | WDT_SYS_RESET_LENGTH_3200_NS | WDT_USE_XTAL | WDT_CONF_UPDATE_EN;
  watchdog_feed();
}

void watchdog_feed(void) { WDTFEED(TIMG0) = 1; }

bool watchdog_fired(void) { return (RTC_CNTL_RESET_STATE & RESET_CAUSE) == RESET_CAUSE_MWDT0; }
