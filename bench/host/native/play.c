/* Plays a tape (tape.ts) to the kernel as C, again and again: eqprop-play tape seconds vectors. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <kernel.h>

#include "vectors.h"

#define PAGE 65536u
#define ARENA (1u << 28)
#define PAGES (1 + ARENA / PAGE)
#define TRAIN 9

static w2c_eqprop *kernel;
static uint32_t head[4];

void wasm_rt_allocate_memory(wasm_rt_memory_t *to, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  to->pages = pages;
  to->size = PAGES * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *of, uint32_t delta) {
  uint32_t before = of->pages;
  if (delta > PAGES - before) return UINT32_MAX;
  of->pages += delta;
  return before;
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  fprintf(stderr, "trap %d\n", (int)cause);
  exit(EXIT_FAILURE);
}

static double seconds(clockid_t of) {
  struct timespec now;
  clock_gettime(of, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Runs `count` requests from a place of the tape on, and returns the place behind them. */
static const uint8_t *play(const uint8_t *at, uint32_t count, const uint8_t *reply) {
  uint8_t *memory = kernel->w2c_memory.data;
  uint32_t request = w2c_eqprop_requestBuffer(kernel), answer = w2c_eqprop_replyBuffer(kernel);
  bool differs = false;
  while (count--) {
    uint32_t code, length;
    memcpy(&code, at, 4);
    memcpy(&length, at + 4, 4);
    memcpy(memory + request, at + 8, length);
    at += 8 + length;
    uint32_t told = w2c_eqprop_execute(kernel, code, length);
    if (code == TRAIN) differs = told != head[3] || memcmp(memory + answer, reply, told) != 0;
  }
  if (differs) {
    fputs("the last minibatch has another reply than the tape tells\n", stderr);
    exit(EXIT_FAILURE);
  }
  return at;
}

int main(int count, char **words) {
  FILE *file = count == 4 ? fopen(words[1], "rb") : NULL;
  if (!file) return fputs("usage: eqprop-play tape seconds vectors\n", stderr), EXIT_FAILURE;
  char known[64];
  if (!vectors_choose(words[3], known, sizeof known)) return fprintf(stderr, "there are %s\n", known), EXIT_FAILURE;
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  uint8_t *tape = malloc(size);
  if (fread(tape, 1, size, file) != size) return EXIT_FAILURE;
  memcpy(head, tape, sizeof head);
  const uint8_t *reply = tape + sizeof head, *before = reply + head[3];
  kernel = mmap(NULL, sizeof *kernel + (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (kernel == MAP_FAILED) return EXIT_FAILURE;
  wasm2c_eqprop_instantiate(kernel);
  w2c_eqprop_start(kernel, ARENA, 4096);
  uint64_t samples = 0;
  double spent = 0, least = atof(words[2]);
  for (bool is_warm = false; spent < least; is_warm = true) {
    const uint8_t *minibatches = play(before, head[1], NULL);
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    play(minibatches, head[2], reply);
    if (!is_warm) continue;
    spent += seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    samples += head[0];
  }
  printf("{\"samples\":%llu,\"cpuSeconds\":%.6f}\n", (unsigned long long)samples, spent);
}
