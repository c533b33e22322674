/* Processors' own forms of the loops that take most of the kernel's time. They are the kernel's to the last bit; addresses are
 * those of its memory, and what each does is told where the kernel has it (assembly/vectors.ts). A form returns false, and has
 * done nothing, where it is not for such sizes: the kernel's own vectors of 128 bits do it. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef bool pairs_form(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n, uint32_t rows, uint32_t scales, uint32_t pairs);
typedef bool products_form(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors, uint32_t count);
typedef bool changes_form(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, uint32_t row);

struct vectors {
  const char *name;
  bool (*is_there)(void);
  /* NULL where the processor has none. */
  pairs_form *pairs;
  products_form *products;
  changes_form *changes;
};

extern const struct vectors avx2_vectors, avx512_vectors, neon_vectors;

/* The forms in use. */
extern const struct vectors *vectors;

/* Chooses forms by their name, or the widest that this processor has for NULL. Returns false where it has none of that name;
 * `known` then holds, in `size` bytes, those that it has. */
bool vectors_choose(const char *name, char *known, size_t size);

/* Parts of a row's change (RowPart in assembly/arithmetic/primitives.ts), in words. */
enum { MULTIPLIER, OFFSET, MANTISSA, SHIFT, LOW, HIGH, CLIPPED, APART };

#endif
