/* The device: the kernel's module between the UART and the end of the RAM. */
#include "line.h"
#include "restart.h"

/* From the linker script: what the RAM has left is the module's memory. */
extern uint8_t memory_start[], memory_end[];

/* Written by wasm2c; in one translation unit with its only caller, the compiler knows where the instance lies. */
#include <kernel.c>

/* The linker script puts the instance before the memory. Declared, not defined: the compiler must not conclude from its
 * type where it ends. */
extern w2c_eqprop kernel;
__attribute__((section(".instance"), used, aligned(8))) static uint8_t instance_room[sizeof(w2c_eqprop)];

#if CORES > 1
#include "second-core.h"
#else
static void start_second_core(void) {}
static void meet_second_core(void) {}
#endif

/* Tests tell the kernel of more memory than there is, to see what a wild access comes to. */
#ifndef MEMORY_EXCESS
#define MEMORY_EXCESS 0u
#endif

#define PAGE 65536u
#define MEMORY_SIZE ((uint32_t)(memory_end - memory_start))
#define MEMORY_TOLD (MEMORY_SIZE + MEMORY_EXCESS)

static uint32_t heap_base(void) { return (*w2c_eqprop_0x5F_heap_base(&kernel) + 7) & ~7u; }

/* A module's memory begins with zeros; the arena the kernel fills itself. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max, bool is64, uint32_t page_size) {
  (void)max, (void)is64, (void)page_size;
  memory->pages = pages;
  memory->size = MEMORY_SIZE;
  memset(memory_start, 0, heap_base());
}

/* The memory is there from the start, and seldom whole pages: the last one may stand for less. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
  uint32_t before = memory->pages;
  if (delta == 0) meet_second_core();
  if (delta > (MEMORY_TOLD + PAGE - 1) / PAGE - before) return UINT32_MAX;
  memory->pages = before + delta;
  return before;
}

_Static_assert(FAULT_OUT_OF_BOUNDS == WASM_RT_TRAP_OOB && FAULT_UNREACHABLE == WASM_RT_TRAP_UNREACHABLE,
               "the wire's faults begin with wasm2c's traps");

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  report_fault(cause, (uintptr_t)__builtin_return_address(0));
}

static void start_kernel(uint32_t restarted_for) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_TOLD - heap_base(), UART_WINDOW);
  if (restarted_for) w2c_eqprop_reportFault(&kernel, restarted_for, fault_place);
  fault_mark = 0;
  start_second_core();
}

int main(void) {
  uint32_t restarted_for = cause_of_restart();
  stack_paint();
  start_kernel(restarted_for);
  uint8_t *input = memory_start + w2c_eqprop_inputBuffer(&kernel);
  uint32_t capacity = w2c_eqprop_inputCapacity(&kernel);
  uint8_t *output = memory_start + w2c_eqprop_outputBuffer(&kernel);
  uart_open();
  watchdog_start();
  core_start_ticks();
  line_write(output, w2c_eqprop_outputLength(&kernel));
  for (;;) {
    uint32_t length = line_read(input, capacity);
    for (uint32_t from = 0; from < length;) {
      ticks_left = LONGEST_COMPUTATION;
      from = w2c_eqprop_feed(&kernel, from, length, line_has_more());
      ticks_left = IDLE;
      if (stack_overflowed()) report_fault(FAULT_STACK_OVERFLOW, 0);
      const uint32_t answered = w2c_eqprop_outputLength(&kernel);
      line_write(output, answered);
      /* The look at all of the stacks costs as much as many bytes of a request. */
      if (answered > 0) w2c_eqprop_reportStack(&kernel, stack_used(), STACK_SIZE);
    }
  }
}
