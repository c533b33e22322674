/* A deployed library on a board: learns and predicts the examples that lie beside it, and answers with what came of it. In
 * place of boards/common/main.c; it waits for a byte first. */
#include "board.h"
#include "core.h"
#include "eqprop.h"
#include "line.h"

/* EXAMPLES, and `examples` of features and labels: written by the test. */
#include "examples.h"

void core_tick(uintptr_t interrupted) { (void)interrupted; }

_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  (void)cause, (void)place;
  for (;;) continue;
}

static struct {
  uint64_t digest;
  uint32_t step;
  /* A sum over all answers, in order. */
  uint32_t sum;
} answer;

static void note(int32_t value) { answer.sum = answer.sum * 31 + (uint32_t)value; }

int main(void) {
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  eqprop_begin();
  for (int n = 0; n < EXAMPLES; n++) {
    note(eqprop_predict(examples[n].features, EQPROP_FEATURES));
    for (int k = 0; k < EQPROP_CLASSES; k++) note(eqprop_score(k));
#if EQPROP_LEARNS
    note(eqprop_learn(examples[n].features, EQPROP_FEATURES, examples[n].label));
#endif
  }
  answer.digest = eqprop_digest();
  answer.step = eqprop_step();
  line_write((const uint8_t *)&answer, sizeof answer);
  for (;;) continue;
}
