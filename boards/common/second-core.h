/* The second core, which helps the kernel with what its cores share: included by the main.c alone. It has an instance of the
 * module of its own, over the same memory. */
#ifndef SECOND_CORE_H
#define SECOND_CORE_H

static w2c_eqprop second;
/* One core writes each. */
static volatile uint32_t calls, answers;

_Noreturn void second_core(void) {
  w2c_eqprop_join(&second);
  for (;;) {
    while (answers == calls) core_sleep();
    core_fence();
    w2c_eqprop_help(&second);
    core_fence();
    answers = answers + 1;
    core_signal();
  }
}

static void start_second_core(void) {
  second = kernel;
  core_fence();
  core_start_second();
}

/* The kernel grows its memory by nothing, first to call the second core, then to await it. */
static void meet_second_core(void) {
  static bool is_called;
  is_called = !is_called;
  if (is_called) {
    core_fence();
    calls = calls + 1;
    core_signal();
  } else {
    while (answers != calls) core_sleep();
    core_fence();
  }
}

#endif
