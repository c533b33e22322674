/* Runs the kernel's loops, by forms that are named: forms name < calls > memories. A call is little-endian words: which loop,
 * six arguments, where its memory lies among the kernel's and how many bytes that has; and these. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <kernel.h>

#include "vectors.h"

#define PAGE 65536u
#define PAGES 64u
/* The status that tells that the processor has no such forms. */
#define HAS_NONE 77

void wasm_rt_allocate_memory(wasm_rt_memory_t *to, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  to->pages = pages;
  to->size = PAGES * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *of, uint32_t delta) { return of->pages += delta, of->pages - delta; }

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) { exit(cause); }

int main(int count, char **words) {
  char known[64];
  uint32_t call[9];
  if (count != 2) return EXIT_FAILURE;
  if (!vectors_choose(words[1], known, sizeof known)) return HAS_NONE;
  w2c_eqprop *kernel = mmap(NULL, sizeof *kernel + (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  wasm2c_eqprop_instantiate(kernel);
  w2c_eqprop_start(kernel, PAGE, PAGE);
  while (fread(call, sizeof call, 1, stdin) == 1) {
    uint8_t *memory = kernel->w2c_memory.data + call[7];
    if (fread(memory, 1, call[8], stdin) != call[8]) return EXIT_FAILURE;
    if (call[0] == 0) w2c_eqprop_addStatePairs(kernel, call[1], call[2], call[3], call[4], call[5], call[6]);
    if (call[0] == 1) w2c_eqprop_sumProducts(kernel, call[1], call[2], call[3], call[4], call[5]);
    if (call[0] == 2) w2c_eqprop_changeVectors(kernel, call[1], call[2], call[3], call[4], call[5]);
    fwrite(memory, 1, call[8], stdout);
  }
  return EXIT_SUCCESS;
}
