/* The RP2040's timer (datasheet, 4.6), which counts microseconds by the watchdog's tick. */
#ifndef MICROSECONDS_H
#define MICROSECONDS_H

#include "rp2040.h"

#include "rp2-clocks.h"

#define RESET_TIMER (1u << 21)
#define TIMERAWL REGISTER(0x40054028u)

/* After uart_open(), which starts the clocks. */
static inline void microseconds_open(void) { reset_blocks(RESET_TIMER); }

/* Wraps after 71 minutes: differences are what it tells. */
static inline uint32_t microseconds(void) { return TIMERAWL; }

#endif
