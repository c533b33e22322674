/* The module as C on this computer, for sanitizers: reads a recorded corpus, writes the answers. All words are u32, little-
 * endian. A record is a length and so many bytes for the line, answered by a length and so many bytes; or START, the
 * bytes of the memory, and those of the arena in it: a new device. */
#include <sanitizer/asan_interface.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Written by wasm2c. */
#include <kernel.c>

#define START UINT32_MAX
#define PAGE 65536u
#define LONGEST_RECORD 65536u
/* WINDOW and the bytes of a longest frame's payload and check, REQUEST_ROOM and REPLY_ROOM, are the compiler's to define. */

static w2c_eqprop *kernel;
static uint32_t memory_size;

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  memory->pages = pages;
  memory->size = memory_size;
}

/* The last page may stand for less, as on boards. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
  uint32_t before = memory->pages;
  if (delta > (memory_size + PAGE - 1) / PAGE - before) return UINT32_MAX;
  memory->pages = before + delta;
  return before;
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  fprintf(stderr, "trap %d\n", cause);
  abort();
}

static uint32_t read_word(void) {
  uint32_t word;
  if (fread(&word, sizeof word, 1, stdin) != 1) exit(EXIT_FAILURE);
  return word;
}

/* The memory ends where the arena does: behind it lies the sanitizer's own zone. */
static void start_device(void) {
  memory_size = read_word();
  uint32_t arena = read_word();
  free(kernel);
  kernel = calloc(1, offsetof(w2c_eqprop, w2c_memory) + offsetof(wasm_rt_memory_t, data) + memory_size);
  wasm2c_eqprop_instantiate(kernel);
  if (w2c_eqprop_start(kernel, arena, WINDOW) != arena) abort();
  uint8_t *data = kernel->w2c_memory.data;
  ASAN_POISON_MEMORY_REGION(data, 16);
  ASAN_POISON_MEMORY_REGION(data + w2c_eqprop_requestBuffer(kernel) + REQUEST_ROOM, 4);
  ASAN_POISON_MEMORY_REGION(data + w2c_eqprop_replyBuffer(kernel) + REPLY_ROOM, 4);
}

static void feed(const uint8_t *bytes, uint32_t count) {
  static uint8_t answers[1 << 20];
  uint8_t *data = kernel->w2c_memory.data;
  uint32_t capacity = w2c_eqprop_inputCapacity(kernel);
  uint32_t answered = 0;
  for (uint32_t start = 0; start < count; start += capacity) {
    uint32_t length = count - start < capacity ? count - start : capacity;
    memcpy(data + w2c_eqprop_inputBuffer(kernel), bytes + start, length);
    for (uint32_t from = 0; from < length;) {
      from = w2c_eqprop_feed(kernel, from, length, start + capacity < count);
      uint32_t more = w2c_eqprop_outputLength(kernel);
      if (answered + more > sizeof answers) abort();
      memcpy(answers + answered, data + w2c_eqprop_outputBuffer(kernel), more);
      answered += more;
    }
  }
  fwrite(&answered, sizeof answered, 1, stdout);
  fwrite(answers, 1, answered, stdout);
}

int main(void) {
  static uint8_t record[LONGEST_RECORD];
  uint32_t count;
  while (fread(&count, sizeof count, 1, stdin) == 1) {
    if (count == START) {
      start_device();
      continue;
    }
    if (count > sizeof record || fread(record, 1, count, stdin) != count) return EXIT_FAILURE;
    feed(record, count);
  }
  free(kernel);
  return EXIT_SUCCESS;
}
