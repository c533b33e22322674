/* The RP2350's watchdog, which is also its way to reset itself. */
#include "rp2350.h"

/* Eight seconds, in microseconds. */
#define LOAD (8u * 1000000u)
_Static_assert(LOAD < 1u << 24, "the watchdog cannot wait that long");

/* The boot ROM, too, starts a program it has loaded over USB through the watchdog's timer. */
#define RUNNING 0x5eed0fe9u

/* All but the oscillators; without a word, nothing is reset. */
static void select_blocks(void) { PSM_WDSEL = PSM_ALL & ~(PSM_ROSC | PSM_XOSC); }

void watchdog_start(void) {
  select_blocks();
  WATCHDOG_SCRATCH2 = RUNNING;
  WATCHDOG_LOAD = LOAD;
  WATCHDOG_CTRL |= WATCHDOG_CTRL_ENABLE;
}

void watchdog_feed(void) { WATCHDOG_LOAD = LOAD; }

bool watchdog_fired(void) { return WATCHDOG_REASON & WATCHDOG_REASON_TIMER && WATCHDOG_SCRATCH2 == RUNNING; }

void chip_reset(void) {
  select_blocks();
  WATCHDOG_CTRL |= WATCHDOG_CTRL_TRIGGER;
}
