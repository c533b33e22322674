/* The kernel's module in the memory that the RAM has left, without an endpoint. */
#ifndef MODULE_H
#define MODULE_H

#include "board.h"
#include "core.h"

#include <kernel.c>

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

extern w2c_eqprop kernel;
__attribute__((section(".instance"), used, aligned(8))) static uint8_t instance_room[sizeof(w2c_eqprop)];

/* Bytes of its own variables. */
static uint32_t module_variables(void) { return (*w2c_eqprop_0x5F_heap_base(&kernel) + 7) & ~7u; }

static void start_module(void) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_SIZE - module_variables(), UART_WINDOW);
}

/* Returns the reply. */
static const uint8_t *execute(uint32_t code, uint32_t length) {
  if (w2c_eqprop_execute(&kernel, code, length) == UINT32_MAX) report_fault(0, 0);
  return memory_start + w2c_eqprop_replyBuffer(&kernel);
}

static uint8_t *request_buffer(void) { return memory_start + w2c_eqprop_requestBuffer(&kernel); }

#endif
