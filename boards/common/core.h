/* What differs between the families of processors: cortex-m.c, riscv.c. */
#ifndef CORE_H
#define CORE_H

#include <stdint.h>

/* Sleeps until an interrupt has changed a word. */
void core_wait(const volatile uint32_t *word, uint32_t old);
/* Starts the firmware anew, as after power-up, but for KEPT variables. */
_Noreturn void core_restart(void);

/* Survives a restart; holds rubbish after power-up. */
#define KEPT __attribute__((section(".kept")))

/* main.c: notes why the kernel cannot go on (FAULT_…) and at which address, and restarts. */
_Noreturn void report_fault(uint32_t cause, uintptr_t place);

#endif
