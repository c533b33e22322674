/* The device: the kernel's module between its UART and the end of the RAM. */
#include "board.h"
#include "core.h"
#include "line.h"

#include "kernel.c"

/* What the RAM has left, from the linker script: the module's memory. */
extern uint8_t memory_start[], memory_end[];

static w2c_eqprop kernel;

#define PAGE 65536u
#define MEMORY_SIZE ((uint32_t)(memory_end - memory_start))

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  memory->data = memory_start;
  memory->pages = pages;
  memory->size = MEMORY_SIZE;
}

/* There is no more than there is: the pages are only counted, the arena's size bounds what is used. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
  uint32_t before = memory->pages;
  if ((before + delta - 1) * PAGE >= MEMORY_SIZE) return UINT32_MAX;
  memory->pages = before + delta;
  return before;
}

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  for (;;) {}
}

int main(void) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_SIZE - 4096*2, UART_WINDOW);
  uint8_t *input = memory_start + w2c_eqprop_inputBuffer(&kernel);
  uint32_t capacity = w2c_eqprop_inputCapacity(&kernel);
  uint8_t *output = memory_start + w2c_eqprop_outputBuffer(&kernel);
  uart_open();
  for (;;) {
    uint32_t length = line_read(input, capacity);
    for (uint32_t from = 0; from < length;) {
      from = w2c_eqprop_feed(&kernel, from, length);
      line_write(output, w2c_eqprop_outputLength(&kernel));
    }
  }
}
