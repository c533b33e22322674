/* The same requests to the kernel's module and to the plain kernel, one after the other in the same memory, and what each
 * took. In place of boards/common/main.c; it waits for a byte and answers with two `struct work`. */
#include "board.h"
#include "core.h"
#include "line.h"
#include "plain-kernel.h"

#include <kernel.c>

/* The requests, written by run.mjs: CODE_…, LAYERS, REQUESTS, and `struct request requests[REQUESTS]`. */
struct request {
  uint32_t code, length;
  const void *payload;
};
#include "work.h"

extern uint8_t memory_start[], memory_end[];
#define MEMORY_SIZE ((uint32_t)(memory_end - memory_start))
#define WINDOW 4096u

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

static volatile uint32_t ticks;

void core_tick(uintptr_t interrupted) {
  (void)interrupted;
  ticks = ticks + 1;
}

static uint64_t count(void) {
#if defined COUNT_PRODUCTS
  return plain_products;
#elif defined __riscv
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

static void note(struct work *work, uint32_t code, uint64_t took, uint64_t states, uint64_t weights) {
  if (code == CODE_SAMPLE) work->sample += took;
  if (code == CODE_EVALUATE) work->evaluate += took;
  if (code == CODE_TRAIN) work->train += took;
  work->digest = work->digest * 31 + states;
  work->digest = work->digest * 31 + weights;
}

extern w2c_eqprop kernel;
__attribute__((section(".instance"), used, aligned(8))) static uint8_t instance_room[sizeof(w2c_eqprop)];

static void run_module(struct work *work) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_SIZE - ((*w2c_eqprop_0x5F_heap_base(&kernel) + 7) & ~7u), WINDOW);
  uint8_t *payload = memory_start + w2c_eqprop_requestBuffer(&kernel);
  const uint64_t *reply = (const uint64_t *)(memory_start + w2c_eqprop_replyBuffer(&kernel));
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    memcpy(payload, r->payload, r->length);
    uint64_t start = count();
    uint32_t length = w2c_eqprop_execute(&kernel, r->code, r->length);
    uint64_t took = count() - start;
    if (length == UINT32_MAX) report_fault(0, 0);
    bool learns = r->code == CODE_TRAIN;
    note(work, r->code, took, learns || r->code == CODE_EVALUATE ? reply[0] : 0,
         learns ? reply[2] : r->code == CODE_INITIALISE ? reply[0] : 0);
  }
}

static void run_plain(struct work *work) {
  for (const struct request *r = requests; r < requests + REQUESTS; r++) {
    uint64_t states = 0, weights = 0;
    uint64_t start = count();
    switch (r->code) {
      case CODE_CONFIGURE:
        if (plain_configure(r->payload, LAYERS, memory_start) > memory_end) report_fault(0, 0);
        break;
      case CODE_INITIALISE:
        plain_initialise(r->payload);
        break;
      case CODE_SAMPLE:
        plain_sample(r->payload, (int)(r->length - sizeof(struct sample)));
        break;
      case CODE_EVALUATE:
        states = plain_evaluate(r->payload);
        break;
      case CODE_TRAIN:
        states = plain_train(r->payload);
        break;
    }
    uint64_t took = count() - start;
    if (r->code == CODE_INITIALISE || r->code == CODE_TRAIN) weights = plain_weights;
    note(work, r->code, took, states, weights);
  }
}

int main(void) {
  struct work works[2] = {0};
  uint8_t start;
  uart_open();
  line_read(&start, 1);
  core_start_ticks();
  run_module(&works[0]);
  run_plain(&works[1]);
  line_write((const uint8_t *)works, sizeof works);
  for (;;) line_read(&start, 1);
}
