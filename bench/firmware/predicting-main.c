/* Predictions of the deployed library, and of the same network by hand, one example after the other, and what each took. In
 * place of boards/common/main.c; it waits for a byte and answers with a `struct answer`. */
#include "counter.h"
#include "line.h"

#include "eqprop.h"
/* In one translation unit with its caller, as the library is with the kernel. */
#include "plain-kernel.c"

/* EXAMPLES, `examples` of the features, ITERATIONS_EACH, `configuration` and parameters of the plain kernel: predicting.mjs. */
#include "examples.h"

extern uint8_t memory_start[], memory_end[];

struct answer {
  uint64_t ours, plain;
  /* Examples of which all outputs agree. */
  uint64_t alike;
};

static void lay_out(void) {
  if (plain_configure((const struct configure *)configuration, memory_start) > memory_end) report_fault(0, 0);
  for (int k = 1; k < layer_count; k++) {
    memcpy(connections[k - 1].weights, plain_weights[k - 1], (size_t)(layers[k - 1].size * layers[k].size) * 2);
    memcpy(layers[k].biases, plain_biases[k - 1], (size_t)layers[k].size * 4);
  }
}

static int plain_predict(const uint8_t *features) {
  const struct layer *output = &layers[layer_count - 1];
  int best = 0;
  memcpy(slots[0].image, features, (size_t)layers[0].size);
  clamp_input(slots[0].image);
  for (int k = 1; k < layer_count; k++) memset(layers[k].states, 0, (size_t)layers[k].size * sizeof(int16_t));
  relax(ITERATIONS_EACH, 0, -1);
  for (int i = 1; i < output->size; i++)
    if (output->states[i] > output->states[best]) best = i;
  return best;
}

static bool is_alike(int label, int plain) {
  const struct layer *output = &layers[layer_count - 1];
  for (int i = 0; i < output->size; i++)
    if (eqprop_score(i) != output->states[i]) return false;
  return label == plain;
}

int main(void) {
  struct answer answer = {0};
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  core_start_ticks();
  eqprop_begin();
  lay_out();
  for (int n = 0; n < EXAMPLES; n++) {
    uint64_t first = count();
    int label = eqprop_predict(examples[n], EQPROP_FEATURES);
    uint64_t second = count();
    int plain = plain_predict(examples[n]);
    answer.plain += count() - second;
    answer.ours += second - first;
    answer.alike += is_alike(label, plain);
  }
  line_write((const uint8_t *)&answer, sizeof answer);
  for (;;) continue;
}
