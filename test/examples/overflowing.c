/* An interpreter whose operand stack is never enough for feed(). */
#include <string.h>

#include "runtime.h"

const char runtime_name[] = "overflowing";
static uint8_t memory[64];

const char *runtime_open(uint8_t *module, uint32_t length, uint32_t stack) { return NULL; }

const char *runtime_call(const char *name, uint32_t count, uint32_t numbers[3]) {
  if (strcmp(name, "feed") == 0) return "[trap] stack overflow";
  numbers[0] = strcmp(name, "inputCapacity") == 0 ? sizeof memory : 0;
  return NULL;
}

uint8_t *runtime_memory(void) { return memory; }
uint32_t runtime_memory_size(void) { return sizeof memory; }
uint32_t runtime_memory_on_heap(void) { return 0; }
