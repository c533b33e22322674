/* The same requests to the kernel's module, to its dense form and to the plain kernel, one after the other in the same
 * memory, and what each took; where products are counted, to the plain kernel alone. In place of boards/common/main.c; it
 * waits for a byte and answers with three `struct work`. */
#include "counter.h"
#include "line.h"
#include "module.h"
#include "plain-kernel.h"

/* The requests, written by work.mjs: CODE_…, …_ITERATIONS (which word of the reply), OPTION_DENSE, REQUESTS,
 * and `struct request requests[REQUESTS]`. */
struct request {
  uint32_t code, length;
  const void *payload;
};
#include "work.h"

/* --- What is counted: products, or the core's own time --- */

#ifdef COUNT_PRODUCTS
#define PRODUCTS true
#else
#define PRODUCTS false
#endif

static uint64_t counted(void) { return PRODUCTS ? plain_products : count(); }

/* --- The work --- */

struct work {
  uint64_t sample, evaluate, train;
  /* The digest of every reply, in order. */
  uint64_t digest;
};

struct answer {
  uint64_t states, weights;
  /* Those of this request alone. */
  uint32_t iterations;
};

static void note(struct work *work, uint32_t code, uint64_t took, struct answer answer) {
  if (code == CODE_SAMPLE) work->sample += took;
  if (code == CODE_EVALUATE) work->evaluate += took;
  if (code == CODE_TRAIN) work->train += took;
  work->digest = work->digest * 31 + answer.states;
  work->digest = work->digest * 31 + answer.weights;
  work->digest = work->digest * 31 + answer.iterations;
}

static struct answer answer_of(uint32_t code, const uint8_t *reply) {
  const uint64_t *digests = (const uint64_t *)reply;
  const uint32_t *counts = (const uint32_t *)reply;
  switch (code) {
    case CODE_INITIALISE:
      return (struct answer){.weights = digests[0]};
    case CODE_EVALUATE:
      return (struct answer){.states = digests[0], .iterations = counts[EVALUATE_FREE_ITERATIONS]};
    case CODE_TRAIN:
      return (struct answer){digests[0], digests[2], counts[TRAIN_FREE_ITERATIONS] + counts[TRAIN_NUDGED_ITERATIONS]};
    default:
      return (struct answer){0};
  }
}

static void run_module(struct work *work, uint8_t options) {
  uint8_t *payload = request_buffer();
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    memcpy(payload, r->payload, r->length);
    if (r->code == CODE_CONFIGURE) ((struct configure *)payload)->options |= options;
    uint64_t start = counted();
    const uint8_t *reply = execute(r->code, r->length);
    uint64_t took = counted() - start;
    note(work, r->code, took, answer_of(r->code, reply));
  }
}

#ifndef MODULE_ALONE
static void run_plain(struct work *work) {
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    struct digests digests = {0};
    uint32_t iterations = plain_iterations;
    uint64_t start = counted();
    switch (r->code) {
      case CODE_CONFIGURE:
        if (plain_configure(r->payload, memory_start) > memory_end) report_fault(0, 0);
        break;
      case CODE_INITIALISE:
        digests.weights = plain_initialise(r->payload);
        break;
      case CODE_SAMPLE:
        plain_sample(r->payload, (int)(r->length - sizeof(struct sample)));
        break;
      case CODE_EVALUATE:
        digests.states = plain_evaluate(r->payload);
        break;
      case CODE_TRAIN:
        digests = plain_train(r->payload);
        break;
    }
    uint64_t took = counted() - start;
    note(work, r->code, took, (struct answer){digests.states, digests.weights, plain_iterations - iterations});
  }
}
#endif

int main(void) {
  struct work works[3] = {0};
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  core_start_ticks();
  if (!PRODUCTS) {
    start_module();
    run_module(&works[0], 0);
#ifndef MODULE_ALONE
    run_module(&works[1], OPTION_DENSE);
#endif
  }
#ifndef MODULE_ALONE
  run_plain(&works[2]);
#endif
  line_write((const uint8_t *)works, sizeof works);
  for (;;) line_read(&start, 1);
}
