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

#if CORES > 1
#define SECOND_END (stack_start - STACK_GAP_WORDS)
#endif

/* Volatile, so that the compiler makes no call of it. */
static void paint(volatile uint32_t *word, const volatile uint32_t *end) {
  for (; word < end; word++) *word = PAINT;
}

void stack_paint(void) {
#if CORES > 1
  paint(second_stack_start, SECOND_END);
#endif
  paint(stack_start, (uint32_t *)__builtin_frame_address(0) - OWN_WORDS);
}

/* Words up to the first that is not painted. */
static uint32_t painted(const uint32_t *start, const uint32_t *end) {
  const uint32_t *word = start;
  while (word < end && *word == PAINT) word++;
  return (uint32_t)(word - start);
}

uint32_t stack_used(void) {
  uint32_t left = painted(stack_start, stack_end);
#if CORES > 1
  const uint32_t left_of_second = painted(second_stack_start, SECOND_END);
  if (left_of_second < left) left = left_of_second;
#endif
  return STACK_SIZE - 4 * left;
}

static bool is_overflowed(const uint32_t *start) { return painted(start, start + GUARD_WORDS) < GUARD_WORDS; }

bool stack_overflowed(void) {
#if CORES > 1
  if (is_overflowed(second_stack_start)) return true;
#endif
  return is_overflowed(stack_start);
}

static bool is_code(uintptr_t address) { return address > (uintptr_t)text_start && address <= (uintptr_t)text_end; }

static uintptr_t deepest_call(void) {
  const uint32_t *word = stack_start, *end = stack_end;
#if CORES > 1
  if (is_overflowed(second_stack_start)) word = second_stack_start, end = SECOND_END;
#endif
  for (; word < end; word++)
    if (is_code(*word) && (*word & RETURN_BIT) == RETURN_BIT) return *word & ~RETURN_BIT;
  /* The compiler may put all of the kernel into main(), which returns to nowhere. */
  return (uintptr_t)main & ~(uintptr_t)RETURN_BIT;
}

uintptr_t stack_overflow_place(uintptr_t place) { return is_code(place) ? place : deepest_call(); }
