/* The stacks, one a core. They are painted from below, so that they show how deep they have been. */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

/* The second core's is as large, and ends where the first one's begins. */
extern uint32_t second_stack_start[], stack_start[], stack_end[];
#define STACK_SIZE ((uint32_t)((uint8_t *)stack_end - (uint8_t *)stack_start))

/* Words at the upper end of the second one that are not painted, and not looked at: the first core may not touch them. */
#define STACK_GAP_WORDS 16u

/* Paints what the caller does not use, and the second one, whose core must not have begun. */
void stack_paint(void);
/* The most bytes of one that have been used since. */
uint32_t stack_used(void);
/* Tells whether the lowest words of one are no longer painted: it was too small, even where no fault told of it, as on chips
 * with memory below the RAM. After a reset that keeps the RAM this tells of the time before, until it is painted again. */
bool stack_overflowed(void);
/* Where an overflow came from: `place` if it is code, which a core that has lost its return address does not stand at, else the
 * return address that lies deepest, or near it. Where there is none, main() was alone. */
uintptr_t stack_overflow_place(uintptr_t place);

#endif
