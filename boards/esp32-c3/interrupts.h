/* The interrupt matrix of the ESP32-C3 (technical reference manual, Interrupt Matrix): any source to any line of the core. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "board.h"

#define INTERRUPT_CORE0 0x600c2000u
#define SOURCE_MAP(source) REGISTER(INTERRUPT_CORE0 + 4 * (source))
#define CPU_INT_ENABLE REGISTER(INTERRUPT_CORE0 + 0x104)
#define CPU_INT_TYPE REGISTER(INTERRUPT_CORE0 + 0x108)
#define CPU_INT_PRI(line) REGISTER(INTERRUPT_CORE0 + 0x114 + 4 * (line))
#define CPU_INT_THRESH REGISTER(INTERRUPT_CORE0 + 0x194)
#define UART_SOURCE 21u
#define SYSTIMER_TARGET0_SOURCE 37u

/* As a level, at the lowest priority that the threshold lets through. */
static inline void connect_interrupt(uint32_t source, uint32_t line) {
  CPU_INT_TYPE &= ~(1u << line);
  CPU_INT_PRI(line) = 1;
  CPU_INT_THRESH = 1;
  SOURCE_MAP(source) = line;
  CPU_INT_ENABLE |= 1u << line;
}

#endif
