/* Trains on a few minibatches from the state of a moment, and counts what that took. In place of boards/common/main.c; it
 * waits for a byte and answers with a `struct answer`. */
#include "counter.h"
#include "learner.h"
#include "line.h"
#include "stack.h"

/* The requests, a word of zero behind them: filled in by the host once the image is linked. */
extern const uint32_t work[];

struct answer {
  uint64_t took, digest;
  /* Bytes. */
  uint32_t stack, memory;
};

#if __ARM_FP
/* Armv7-M Architecture Reference Manual, B3.2.20: CPACR. */
static void allow_floats(void) {
  REGISTER(0xe000ed88) |= 0xfu << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
}
#else
static void allow_floats(void) {}
#endif

int main(void) {
  struct answer answer = {0};
  uint8_t start;
  stack_paint();
  allow_floats();
  uart_open();
  line_read(&start, 1);
  core_start_ticks();
  learner_start();
  for (const struct request *r = (const void *)work; r->code != 0;) {
    uint64_t before = count();
    learner_execute(r);
    if (r->code == CODE_SAMPLE || r->code == CODE_TRAIN) answer.took += count() - before;
    r = (const void *)(r->payload + ((r->length + 3) & ~3u));
  }
  answer.digest = learner_digest();
  answer.stack = stack_used();
  answer.memory = learner_bytes();
  line_write((const uint8_t *)&answer, sizeof answer);
  for (;;) line_read(&start, 1);
}
