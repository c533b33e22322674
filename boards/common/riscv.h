/* Functions that riscv.c needs of a board beyond board.h: the instruction set leaves timers and interrupt controllers to the
 * chip. */
#ifndef RISCV_H
#define RISCV_H

#include <stdint.h>

/* Causes of interrupts, as the privileged architecture numbers them. Where a chip leaves the choice, so does the board.
 * Whatever is not the timer is the UART. */
#define SOFTWARE_INTERRUPT 3u
#define TIMER_INTERRUPT 7u
#define EXTERNAL_INTERRUPT 11u

/* From now on there is a TIMER_INTERRUPT TICKS_PER_SECOND times a second, each one acknowledged. */
void timer_start(void);
void timer_acknowledge(void);

/* Where there are two cores: whether one has a SOFTWARE_INTERRUPT pending. */
void software_interrupt(uint32_t hart, uint32_t pending);

#endif
