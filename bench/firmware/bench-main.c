/* The same requests to the kernel's module, to its dense form and to the plain kernel, one after the other in the same
 * memory, and what each took; where products are counted, to the plain kernel alone. In place of boards/common/main.c; it
 * waits for a byte and answers with three `struct work`. */
#include "board.h"
#include "core.h"
#include "line.h"
#include "plain-kernel.h"

#include <kernel.c>

/* The requests, written by work.mjs: CODE_…, …_ITERATIONS (which word of the reply), OPTION_DENSE,
 * LAYERS, REQUESTS, and `struct request requests[REQUESTS]`. */
struct request {
  uint32_t code, length;
  const void *payload;
};
#include "work.h"

extern uint8_t memory_start[], memory_end[];
#define MEMORY_SIZE ((uint32_t)(memory_end - memory_start))

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  memory->pages = pages;
  memory->size = MEMORY_SIZE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
  uint32_t before = memory->pages;
  memory->pages += delta;
  return before;
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) { report_fault(cause, 0); }

/* The host hears nothing more, and says so. */
_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  (void)cause, (void)place;
  for (;;) continue;
}

/* --- What is counted: products, or the core's own time --- */

#ifdef COUNT_PRODUCTS
#define PRODUCTS true
#else
#define PRODUCTS false
#endif

static volatile uint32_t ticks;

void core_tick(uintptr_t interrupted) {
  (void)interrupted;
  ticks = ticks + 1;
}

static uint64_t count(void) {
  if (PRODUCTS) return plain_products;
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

/* --- The work --- */

struct work {
  uint64_t sample, evaluate, train;
  /* Of every reply, in order. */
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

extern w2c_eqprop kernel;
__attribute__((section(".instance"), used, aligned(8))) static uint8_t instance_room[sizeof(w2c_eqprop)];

static void start_module(void) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_SIZE - ((*w2c_eqprop_0x5F_heap_base(&kernel) + 7) & ~7u), UART_WINDOW);
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
  uint8_t *payload = memory_start + w2c_eqprop_requestBuffer(&kernel);
  const uint8_t *reply = memory_start + w2c_eqprop_replyBuffer(&kernel);
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    memcpy(payload, r->payload, r->length);
    if (r->code == CODE_CONFIGURE) ((struct configure *)payload)->options |= options;
    uint64_t start = count();
    uint32_t length = w2c_eqprop_execute(&kernel, r->code, r->length);
    uint64_t took = count() - start;
    if (length == UINT32_MAX) report_fault(0, 0);
    note(work, r->code, took, answer_of(r->code, reply));
  }
}

static void run_plain(struct work *work) {
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    struct digests digests = {0};
    uint32_t iterations = plain_iterations;
    uint64_t start = count();
    switch (r->code) {
      case CODE_CONFIGURE:
        if (plain_configure(r->payload, LAYERS, memory_start) > memory_end) report_fault(0, 0);
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
    uint64_t took = count() - start;
    note(work, r->code, took, (struct answer){digests.states, digests.weights, plain_iterations - iterations});
  }
}

int main(void) {
  struct work works[3] = {0};
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  core_start_ticks();
  if (!PRODUCTS) {
    start_module();
    run_module(&works[0], 0);
    run_module(&works[1], OPTION_DENSE);
  }
  run_plain(&works[2]);
  line_write((const uint8_t *)works, sizeof works);
  for (;;) line_read(&start, 1);
}
