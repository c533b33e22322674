/* The second core of the RP2040 and the RP2350, which waits in its boot ROM for six words (RP2040 datasheet, 2.8.2; RP2350
 * datasheet, 5.3). */
#include "board.h"

#define SIO 0xd0000000u
#define FIFO_ST REGISTER(SIO + 0x50)
#define FIFO_WR REGISTER(SIO + 0x54)
#define FIFO_RD REGISTER(SIO + 0x58)
#define FIFO_ST_VLD 1u
#define FIFO_ST_RDY 2u
#define FIFO_WORDS 8u
/* Looks for an answer: a millisecond or so, where the ROM takes microseconds. */
#define PATIENCE 20000u
#define TRIES 8u

static bool await(uint32_t state) {
  for (uint32_t looks = 0; looks < PATIENCE; looks++)
    if (FIFO_ST & state) return true;
  return false;
}

void chip_start_second(const void *vectors, const void *stack_end, void (*entry)(void)) {
  const uint32_t words[] = {0, 0, 1, (uint32_t)(uintptr_t)vectors, (uint32_t)(uintptr_t)stack_end, (uint32_t)(uintptr_t)entry};
  const uint32_t count = sizeof words / sizeof *words;
  for (uint32_t tries = 0; tries < TRIES; tries++) {
    uint32_t told = 0;
    while (told < count) {
      /* A zero begins anew, behind whatever was left in between. */
      for (uint32_t i = 0; words[told] == 0 && i < FIFO_WORDS && FIFO_ST & FIFO_ST_VLD; i++) (void)FIFO_RD;
      if (!await(FIFO_ST_RDY)) return;
      FIFO_WR = words[told];
      __asm__ volatile("sev");
      if (!await(FIFO_ST_VLD)) return;
      if (FIFO_RD != words[told]) break;
      told++;
    }
    if (told == count) return;
  }
}
