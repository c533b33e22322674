/* Functions that the device asks of an interpreter: one instance of one module. wasm3.c, wamr.c. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdint.h>

extern const char runtime_name[];

/* Makes an instance of the module, whose bytes have to stay where they are, with `stack` bytes for operands and locals.
 * Returns what is wrong, or NULL. */
const char *runtime_open(uint8_t *module, uint32_t length, uint32_t stack);

/* Calls an export with `count` numbers, at most 3; what it returns comes in the place of the first. Returns why the module
 * trapped, or NULL. */
const char *runtime_call(const char *name, uint32_t count, uint32_t numbers[3]);

/* Where the module's memory begins, until it grows. */
uint8_t *runtime_memory(void);
/* Bytes of it. */
uint32_t runtime_memory_size(void);
/* Bytes of it that the interpreter took from the heap. */
uint32_t runtime_memory_on_heap(void);

#endif
