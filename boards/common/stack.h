/* The stack. It is painted from below, so that it shows how deep it has been. */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stdint.h>

extern uint32_t stack_start[], stack_end[];
#define STACK_SIZE ((uint32_t)((uint8_t *)stack_end - (uint8_t *)stack_start))

/* Paints what the caller does not use. */
void stack_paint(void);
/* The most bytes that have been used since. */
uint32_t stack_used(void);
/* Tells whether its lowest words are no longer painted: it was too small, even where no fault told of it, as on chips with
 * memory below the RAM. After a reset that keeps the RAM this tells of the time before, until it is painted again. */
bool stack_overflowed(void);
/* The return address that lies deepest: where an overflow came from, or near it. Where there is none, main() was alone. */
uintptr_t stack_deepest_call(void);

#endif
