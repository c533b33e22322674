/* The calls of eqprop.h by a deployed WebAssembly module that wasm2c has turned into C: kernel.c, which is found beside this. */
#include <stdlib.h>

#include "wasm-rt.h"
/* The firmware's form is for the kernel, which aligns its accesses. */
#undef wasm_rt_memcpy
#define wasm_rt_memcpy memcpy

/* Functions that others are given: what saves and restores. */
static void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t size, uint32_t max) {
  table->data = calloc(size, sizeof *table->data);
  table->size = size;
  table->max_size = max;
}
static void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { free(table->data); }

#include "kernel.c"

#include "eqprop.h"

#define PAGE 65536u
#define MOST_PAGES 64u

static union {
  w2c_eqprop instance;
  uint8_t room[sizeof(w2c_eqprop) + MOST_PAGES * PAGE];
} module;
static w2c_eqprop *const of = &module.instance;

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  if (pages > MOST_PAGES) abort();
  memory->pages = pages;
  memory->size = pages * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
  (void)memory, (void)delta;
  return UINT32_MAX;
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  (void)cause;
  abort();
}

static uint8_t *at(uint32_t address) { return of->w2c_memory.data + address; }

static void put(const eqprop_feature *features) {
  memcpy(at(w2c_eqprop_features(of)), features, EQPROP_FEATURES * sizeof *features);
}

int eqprop_begin(void) {
  if (!of->w2c_memory.size) wasm2c_eqprop_instantiate(of);
  if (w2c_eqprop_featureCount(of) != EQPROP_FEATURES || w2c_eqprop_featureBytes(of) != sizeof(eqprop_feature)) abort();
  return (int)w2c_eqprop_begin(of);
}

int eqprop_predict(const eqprop_feature *features, size_t count) {
  (void)count;
  put(features);
  return (int)w2c_eqprop_predict(of);
}

int eqprop_learn(const eqprop_feature *features, size_t count, int label) {
  (void)count;
  put(features);
  return (int)w2c_eqprop_learn(of, (u32)label);
}

int32_t eqprop_score(int label) { return (int32_t)w2c_eqprop_score(of, (u32)label); }
const char *eqprop_class_name(int label) { return (const char *)at(w2c_eqprop_className(of, (u32)label)); }
int eqprop_fraction(size_t feature) { return (int)w2c_eqprop_fraction(of, (u32)feature); }
uint32_t eqprop_step(void) { return w2c_eqprop_step(of); }
uint64_t eqprop_digest(void) { return w2c_eqprop_digest(of); }

int eqprop_save(eqprop_write write, void *context) {
  const int error = (int)w2c_eqprop_save(of);
  return error ? error : write(context, 0, at(w2c_eqprop_saved(of)), w2c_eqprop_savedBytes(of));
}

int eqprop_restore(eqprop_read read, void *context) {
  read(context, 0, at(w2c_eqprop_saved(of)), w2c_eqprop_savedBytes(of));
  return (int)w2c_eqprop_restore(of);
}

int eqprop_check(eqprop_read read, void *context) {
  (void)read, (void)context;
  return 0;
}
