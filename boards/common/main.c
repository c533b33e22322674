/* The device: the kernel's module between the UART and the end of the RAM. */
#include "board.h"
#include "core.h"
#include "line.h"

/* Written by wasm2c; in one translation unit with its only caller, the compiler knows where the instance lies. */
#include <kernel.c>

/* From the linker script: what the RAM has left is the module's memory. */
extern uint8_t memory_start[], memory_end[];
extern uint32_t stack_start[], stack_end[];

/* Tests tell the kernel of more memory than there is, to see what a wild access comes to. */
#ifndef MEMORY_EXCESS
#define MEMORY_EXCESS 0u
#endif

#define PAGE 65536u
#define MEMORY_SIZE ((uint32_t)(memory_end - memory_start))
#define MEMORY_TOLD (MEMORY_SIZE + MEMORY_EXCESS)
#define STACK_SIZE ((uint32_t)((uint8_t *)stack_end - (uint8_t *)stack_start))

/* The linker script puts the instance before the memory. Declared, not defined: the compiler must not conclude from its
 * type where it ends. */
extern w2c_eqprop kernel;
__attribute__((section(".instance"), used, aligned(8))) static uint8_t instance_room[sizeof(w2c_eqprop)];

/* Why the firmware was started anew; meaningful only beside the mark. */
#define FAULT_MARK 0xfa017edbu
static KEPT uint32_t fault_mark, fault_cause, fault_place;

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
  if (delta > (MEMORY_TOLD + PAGE - 1) / PAGE - before) return UINT32_MAX;
  memory->pages = before + delta;
  return before;
}

_Static_assert(FAULT_OUT_OF_BOUNDS == WASM_RT_TRAP_OOB && FAULT_UNREACHABLE == WASM_RT_TRAP_UNREACHABLE,
               "the wire's faults begin with wasm2c's traps");

_Noreturn void wasm_rt_trap(wasm_rt_trap_t cause) {
  report_fault(cause, (uintptr_t)__builtin_return_address(0));
}

_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  fault_mark = FAULT_MARK;
  fault_cause = cause;
  fault_place = (uint32_t)place;
  core_restart();
}

__attribute__((weak)) void watchdog_start(void) {}
__attribute__((weak)) void watchdog_feed(void) {}
__attribute__((weak)) bool watchdog_fired(void) { return false; }

/* A chip that hangs is found by its watchdog, which the timer feeds; a kernel that never returns, by the timer. No
 * minibatch takes minutes: a host would have given up on it. */
#define LONGEST_COMPUTATION (600 * TICKS_PER_SECOND)
#define IDLE UINT32_MAX
static volatile uint32_t ticks_left = IDLE;

void core_tick(uintptr_t interrupted) {
  if (ticks_left == 0) report_fault(FAULT_WATCHDOG, interrupted);
  if (ticks_left != IDLE) ticks_left = ticks_left - 1;
  watchdog_feed();
}

static uint32_t stack_used(void) {
  uint32_t *lowest = stack_start;
  while (*lowest == STACK_PAINT) lowest++;
  return (uint32_t)((uint8_t *)stack_end - (uint8_t *)lowest);
}

static void start_kernel(void) {
  wasm2c_eqprop_instantiate(&kernel);
  w2c_eqprop_start(&kernel, MEMORY_TOLD - heap_base(), UART_WINDOW);
  if (fault_mark == FAULT_MARK) w2c_eqprop_reportFault(&kernel, fault_cause, fault_place);
  else if (watchdog_fired()) w2c_eqprop_reportFault(&kernel, FAULT_WATCHDOG, 0);
  fault_mark = 0;
}

int main(void) {
  start_kernel();
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
      line_write(output, w2c_eqprop_outputLength(&kernel));
    }
    w2c_eqprop_reportStack(&kernel, stack_used(), STACK_SIZE);
  }
}
