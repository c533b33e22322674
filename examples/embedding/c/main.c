/* The device as a C program, behind a TCP port of this computer. In a folder where eqprop is installed:
 *
 *   npx --package wabt@1.0.39 wasm2c -n eqprop node_modules/eqprop/dist/kernel.wasm -o kernel.c
 *   cc -O2 -DCHECKED -I. -I node_modules/eqprop/boards/common node_modules/eqprop/examples/embedding/c/main.c -lm -o device
 *   ./device 7777
 *   npx eqprop verify --preset tiny --device tcp://127.0.0.1:7777
 *
 * CHECKED compares each access with the size of the memory. docs/embedding.md tells what each call takes and gives. */
#include <setjmp.h>
#include <stdlib.h>

/* Written by wasm2c. */
#include "kernel.c"

#include "../line.h"

#define PAGE 65536u
#define PAGES 256u
#define MEMORY (PAGES * PAGE)
#define WINDOW 4096u /* bytes that the host may have under way */

/* The memory lies right behind the instance, as wasm-rt.h tells. */
static w2c_eqprop *kernel;
static jmp_buf restart;
static wasm_rt_trap_t trap;

void wasm_rt_allocate_memory(wasm_rt_memory_t *to, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  to->pages = pages;
  to->size = MEMORY;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *of, uint32_t delta) {
  uint32_t before = of->pages;
  if (delta > PAGES - before) return UINT32_MAX;
  of->pages += delta;
  return before;
}

/* The link's numbers for causes begin with those of wasm2c. */
_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  trap = cause;
  longjmp(restart, 1);
}

static void send_answer(int line) {
  const uint8_t *output = kernel->w2c_memory.data + w2c_eqprop_outputBuffer(kernel);
  if (!send_all(line, output, w2c_eqprop_outputLength(kernel))) exit(EXIT_SUCCESS); /* the host is gone */
}

int main(int count, char **arguments) {
  int line = open_line(count > 1 ? atoi(arguments[1]) : 7777);
  kernel = calloc(1, sizeof *kernel + MEMORY);
  if (line < 0 || !kernel) return perror("device"), EXIT_FAILURE;
  setjmp(restart); /* after a trap the device starts anew, and says so */
  wasm2c_eqprop_instantiate(kernel);
  uint32_t arena_start = (*w2c_eqprop_0x5F_heap_base(kernel) + 7) & ~7u;
  w2c_eqprop_start(kernel, MEMORY - arena_start, WINDOW);
  if (trap) {
    w2c_eqprop_reportFault(kernel, trap, 0);
    send_answer(line);
  }
  uint8_t *input = kernel->w2c_memory.data + w2c_eqprop_inputBuffer(kernel);
  ssize_t length;
  while ((length = read(line, input, w2c_eqprop_inputCapacity(kernel))) > 0)
    for (uint32_t from = 0; from < length;) {
      from = w2c_eqprop_feed(kernel, from, length, false);
      send_answer(line);
    }
}
