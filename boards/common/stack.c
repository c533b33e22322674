#include "stack.h"

extern const uint8_t text_start[], text_end[];
int main(void);

#define PAINT 0xc5c5c5c5u
#define GUARD_WORDS 8u
/* More than stack_paint() itself takes. */
#define OWN_WORDS 16u

/* Return addresses are odd in Thumb code. */
#ifdef __thumb__
#define RETURN_BIT 1u
#else
#define RETURN_BIT 0u
#endif

/* Volatile, so that the compiler makes no call of it. */
void stack_paint(void) {
  volatile uint32_t *end = (uint32_t *)__builtin_frame_address(0) - OWN_WORDS;
  for (volatile uint32_t *word = stack_start; word < end; word++) *word = PAINT;
}

uint32_t stack_used(void) {
  const uint32_t *lowest = stack_start;
  while (lowest < stack_end && *lowest == PAINT) lowest++;
  return (uint32_t)((uint8_t *)stack_end - (uint8_t *)lowest);
}

bool stack_overflowed(void) {
  for (uint32_t i = 0; i < GUARD_WORDS; i++)
    if (stack_start[i] != PAINT) return true;
  return false;
}

uintptr_t stack_deepest_call(void) {
  for (const uint32_t *word = stack_start; word < stack_end; word++)
    if (*word > (uintptr_t)text_start && *word <= (uintptr_t)text_end && (*word & RETURN_BIT) == RETURN_BIT)
      return *word & ~RETURN_BIT;
  /* The compiler may put all of the kernel into main(), which returns to nowhere. */
  return (uintptr_t)main & ~(uintptr_t)RETURN_BIT;
}
