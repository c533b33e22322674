/* The module as C in a program of your own: a device on standard input and output.
 *
 *   npx --package wabt@1.0.39 wasm2c -n eqprop dist/kernel.wasm -o examples/embedding/c/kernel.c
 *   cc -O2 -fwrapv -I boards/common -o device examples/embedding/c/main.c -lm
 *   socat TCP-LISTEN:7777,bind=127.0.0.1,reuseaddr EXEC:./device
 *   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel.c"

#define MEMORY (2u << 20) /* bytes for the module's variables and the network */
#define WINDOW 4096u      /* bytes that may wait while it computes: a pipe holds more */

static uint8_t memory[MEMORY] __attribute__((aligned(8)));
static w2c_eqprop device;

void wasm_rt_allocate_memory(wasm_rt_memory_t *m, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  m->data = memory;
  m->pages = pages;
  m->size = MEMORY;
}

/* The memory is there from the start: growing only counts pages. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *m, uint32_t delta) {
  uint32_t before = m->pages;
  if ((before + delta) * 65536u > MEMORY) return UINT32_MAX;
  m->pages = before + delta;
  return before;
}

void wasm_rt_trap(wasm_rt_trap_t cause) {
  fprintf(stderr, "the module trapped: %d\n", cause);
  exit(1);
}

int main(void) {
  wasm2c_eqprop_instantiate(&device);
  uint32_t heap_base = (*w2c_eqprop_0x5F_heap_base(&device) + 7) & ~7u;
  w2c_eqprop_start(&device, MEMORY - heap_base, WINDOW);
  uint8_t *input = memory + w2c_eqprop_inputBuffer(&device);
  uint8_t *output = memory + w2c_eqprop_outputBuffer(&device);
  for (;;) {
    ssize_t length = read(STDIN_FILENO, input, w2c_eqprop_inputCapacity(&device));
    if (length <= 0) return 0;
    for (uint32_t from = 0; from < (uint32_t)length;) {
      from = w2c_eqprop_feed(&device, from, (uint32_t)length);
      uint32_t answer = w2c_eqprop_outputLength(&device);
      if (answer > 0 && write(STDOUT_FILENO, output, answer) != (ssize_t)answer) return 1;
    }
  }
}
