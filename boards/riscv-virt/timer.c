/* The machine timer (The RISC-V Instruction Set Manual, volume II, 3.2.1), where SiFive's CLINT has it. */
#include "board.h"
#include "core.h"
#include "riscv.h"

#define CLINT 0x02000000u
#define MTIMECMP REGISTER(CLINT + 0x4000)
#define MTIMECMPH REGISTER(CLINT + 0x4004)
#define MTIME REGISTER(CLINT + 0xbff8)
#define MTIMEH REGISTER(CLINT + 0xbffc)
/* Hz. */
#define MTIME_FREQUENCY 10000000u

static uint64_t now(void) {
  uint32_t high, low;
  do {
    high = MTIMEH;
    low = MTIME;
  } while (high != MTIMEH);
  return (uint64_t)high << 32 | low;
}

void timer_acknowledge(void) {
  const uint64_t next = now() + MTIME_FREQUENCY / TICKS_PER_SECOND;
  /* No time that is half the old one and half the new comes early. */
  MTIMECMPH = UINT32_MAX;
  MTIMECMP = (uint32_t)next;
  MTIMECMPH = (uint32_t)(next >> 32);
}

void timer_start(void) {
  timer_acknowledge();
  __asm__ volatile("csrs mie, %0" ::"r"(1u << TIMER_INTERRUPT));
}
