/* Forms for Arm cores of the first Thumb instructions alone: eight registers, products of 32 bits. */
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int16_t __attribute__((may_alias)) core_weight;
typedef int32_t __attribute__((may_alias)) core_sum;

/* One column of two rows: of more, something would have to be moved to and fro between registers. */
#define CORE_COLUMN                                                                                     \
  "ldr %[m], [%[s]]\n ldrsh %[v], [%[a], %[i]]\n muls %[v], %[p], %[v]\n adds %[m], %[m], %[v]\n"       \
  "ldrsh %[v], [%[b], %[i]]\n muls %[v], %[q], %[v]\n adds %[m], %[m], %[v]\n stmia %[s]!, {%[m]}\n"    \
  "adds %[i], #2\n"

static inline void core_addTwo(core_sum *s, uint32_t n, const uint8_t *a, const uint8_t *b, int32_t p, int32_t q) {
  core_sum *end = s + (n & ~3u);
  int32_t m, v;
  uint32_t i = 0;
  if (s < end)
    __asm__ volatile("1:\n" CORE_COLUMN CORE_COLUMN CORE_COLUMN CORE_COLUMN "cmp %[s], %[e]\n bcc 1b"
                     : [s] "+l"(s), [i] "+l"(i), [m] "=&l"(m), [v] "=&l"(v)
                     : [a] "l"(a), [b] "l"(b), [p] "l"(p), [q] "l"(q), [e] "h"(end)
                     : "cc", "memory");
  for (end += n & 3; s < end; i += 2) *s++ += p * *(core_state *)(a + i) + q * *(core_state *)(b + i);
}

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums);
  core_word *row = (core_word *)(memory + rows);
  core_state *scale = (core_state *)(memory + scales);
  for (; count >= 2; count -= 2, row += 2, scale += 2)
    core_addTwo(s, n, memory + row[0], memory + row[1], scale[0], scale[1]);
  if (count) {
    core_state *a = (core_state *)(memory + row[0]);
    int32_t p = scale[0];
    for (core_sum *end = s + n; s < end;) *s++ += p * *a++;
  }
}

/* In 32 bits, the sum's halves apart: products of 64 bits are calls. What a product has below 2¹⁶ only decides on a carry. */
static inline __attribute__((always_inline)) void core_change(core_weight *weight, core_sum *sum, core_word *word,
                                                              uint32_t n, core_sum *row, int far) {
  const uint32_t multiplier = (uint32_t)row[0], offset = (uint32_t)row[1];
  const int32_t mantissa = row[2], shift = row[3];
  int32_t low = row[4], high = row[5];
  for (core_sum *end = sum + n; sum < end; weight++, word++) {
    int32_t contrast = *sum++;
    if (contrast == 0) continue;
    sum[-1] = 0;
    int32_t w = (int32_t)*word;
    uint32_t fraction = multiplier * (uint32_t)w + offset;
    uint32_t below = (uint16_t)(far ? fraction << (shift - 32) : fraction >> (32 - shift));
    uint32_t carried = ((uint32_t)(uint16_t)contrast * (uint32_t)mantissa + below) >> 16;
    int32_t change =
        ((contrast >> 16) * mantissa + (int32_t)carried + (int32_t)(fraction >> (48 - shift))) >> (shift - 16);
    if (change == 0) continue;
    int32_t old = *weight, next = old + change;
    if (__builtin_expect(next != (int16_t)next, 0)) {
      next = next < 0 ? INT16_MIN : INT16_MAX;
      row[6]++;
    }
    *weight = (int16_t)next;
    low += (next - old) * (int16_t)w;
    high += (next - old) * (w >> 16);
  }
  row[4] = low;
  row[5] = high;
}

static inline void core_changeWeights(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n,
                               uint32_t row) {
  core_weight *weight = (core_weight *)(memory + weights);
  core_sum *sum = (core_sum *)(memory + contrasts), *told = (core_sum *)(memory + row);
  core_word *word = (core_word *)(memory + words);
  if (told[3] <= 32) core_change(weight, sum, word, n, told, 0);
  else core_change(weight, sum, word, n, told, 1);
}
