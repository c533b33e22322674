/* Code of Cortex-M that runs while its flash cannot be read. */
#ifndef CORTEX_M_RAM_H
#define CORTEX_M_RAM_H

#include <stdint.h>

/* Start-up copies it with the variables; what is not used is left out with them. */
#define RAM_CODE __attribute__((section(".data.code"), noinline))
#define INLINE_IN_RAM static inline __attribute__((always_inline))

/* Returns whether they were enabled, as restore_interrupts() wants it. */
INLINE_IN_RAM uint32_t disable_interrupts(void) {
  uint32_t masked;
  __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(masked)::"memory");
  return masked;
}

INLINE_IN_RAM void restore_interrupts(uint32_t masked) { __asm__ volatile("msr primask, %0" ::"r"(masked) : "memory"); }

#endif
