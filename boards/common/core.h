/* Differences between the families of processors: cortex-m.c, riscv.c. Each has the entry point `reset`, which sets the
 * variables up and calls main(). */
#ifndef CORE_H
#define CORE_H

#include <stdint.h>

#define TICKS_PER_SECOND 20u

/* Sleeps until an interrupt has changed a word. */
void core_wait(const volatile uint32_t *word, uint32_t old);
/* From now on core_tick() is called TICKS_PER_SECOND times a second, where the core has a timer. */
void core_start_ticks(void);
/* Starts the firmware anew, as after power-up, but for KEPT variables. */
_Noreturn void core_restart(void);

/* --- Where there are two cores (CORES) --- */

/* Has the second core run second_core(), on the stack below the first one's. It may never come. */
void core_start_second(void);
/* Given by main.c. */
_Noreturn void second_core(void);
/* Orders what this core reads and writes before and after, as the other one sees it. */
#define core_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
/* Ends the other core's core_sleep(), the next one where it does not sleep. */
void core_signal(void);
/* Sleeps until the other core signals, or something else happens. */
void core_sleep(void);

/* Survives a restart; holds rubbish after power-up. */
#define KEPT __attribute__((section(".kept")))

/* --- restart.h --- */

/* In the timer's interrupt: `interrupted` is the address where. */
void core_tick(uintptr_t interrupted);
/* Notes why the device cannot go on (FAULT_…) and at which address (0 where nobody knows), and restarts. */
_Noreturn void report_fault(uint32_t cause, uintptr_t place);

#endif
