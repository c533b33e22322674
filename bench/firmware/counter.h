/* The core's own time: instructions on RISC-V, ticks of SysTick on Cortex-M. */
#ifndef COUNTER_H
#define COUNTER_H

#include "board.h"
#include "core.h"

static volatile uint32_t ticks;

void core_tick(uintptr_t interrupted) {
  (void)interrupted;
  ticks = ticks + 1;
}

static uint64_t count(void) {
#ifdef __riscv
  uint32_t high, low, again;
  do __asm__ volatile("csrr %0, minstreth\n csrr %1, minstret\n csrr %2, minstreth" : "=r"(high), "=r"(low), "=r"(again));
  while (high != again);
  return (uint64_t)high << 32 | low;
#else
  /* SysTick counts down; the interrupt that it has come round is taken between two equal looks. */
  const uint32_t period = CLOCK / TICKS_PER_SECOND;
  uint32_t before, left;
  do {
    before = ticks;
    left = REGISTER(0xe000e018);
  } while (before != ticks);
  return (uint64_t)before * period + (period - 1 - left);
#endif
}

/* The host hears nothing more, and says so. */
_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  (void)cause, (void)place;
  for (;;) continue;
}

#endif
