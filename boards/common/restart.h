/* Why the firmware was started anew, kept over the restart, and the watch over a computation that does not end: included by
 * the main.c alone. */
#ifndef RESTART_H
#define RESTART_H

#include "board.h"
#include "core.h"
#include "stack.h"

/* Meaningful only beside the mark. Volatile: a copy of them on a stack that is too small may be lost before it is told. */
#define FAULT_MARK 0xfa017edbu
static KEPT volatile uint32_t fault_mark, fault_cause, fault_place;

_Noreturn void report_fault(uint32_t cause, uintptr_t place) {
  /* A stack that was too small is the cause of whatever came of it. */
  if (stack_overflowed()) cause = FAULT_STACK_OVERFLOW;
  fault_mark = FAULT_MARK;
  fault_cause = cause;
  fault_place = (uint32_t)(cause == FAULT_STACK_OVERFLOW ? stack_overflow_place(place) : place);
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

/* Why the firmware was started anew; 0 where it is for no fault of its own. To be asked before the stack is painted. */
static uint32_t cause_of_restart(void) {
  if (fault_mark == FAULT_MARK) return fault_cause;
  if (!watchdog_fired()) return 0;
  fault_place = 0;
  /* A chip that could not even call its fault handler stands still. */
  return stack_overflowed() ? FAULT_STACK_OVERFLOW : FAULT_WATCHDOG;
}

#endif
