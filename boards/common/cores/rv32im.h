/* Forms for RISC-V cores with a multiplier, which add nothing to an address as they load: four columns for one step of all
 * addresses. */
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int32_t __attribute__((may_alias)) core_sum;

#define CORE_AT_ONCE 4

/* Hides from the compiler how addresses step, of which it would otherwise make more of them than there are registers for. */
#define CORE_HIDE __asm__("" : "+r"(s), "+r"(a), "+r"(b), "+r"(c), "+r"(d))

/* Adds so many columns, then one by one what is left; `products(j)` are those of a column. */
#define CORE_ADD(products, step)                          \
  do {                                                    \
    for (; s < most; s += CORE_AT_ONCE) {                 \
      s[0] += products(0);                                \
      s[1] += products(1);                                \
      s[2] += products(2);                                \
      s[3] += products(3);                                \
      step(CORE_AT_ONCE);                                 \
      CORE_HIDE;                                          \
    }                                                     \
    for (; s < end; s++) {                                \
      s[0] += products(0);                                \
      step(1);                                            \
      CORE_HIDE;                                          \
    }                                                     \
  } while (0)
#define CORE_ONE(j) (p * a[j])
#define CORE_TWO(j) (p * a[j] + q * b[j])
#define CORE_THREE(j) (p * a[j] + q * b[j] + r * c[j])
#define CORE_ALL(j) (p * a[j] + q * b[j] + r * c[j] + t * d[j])
#define CORE_STEP_ONE(by) a += by
#define CORE_STEP_TWO(by) a += by, b += by
#define CORE_STEP_THREE(by) a += by, b += by, c += by
#define CORE_STEP_ALL(by) a += by, b += by, c += by, d += by

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *end = s + n, *most = s + (n & ~(CORE_AT_ONCE - 1u));
  core_word *at = (core_word *)(memory + rows);
  core_state *by = (core_state *)(memory + scales);
  core_state *a = (core_state *)(memory + at[0]), *b = (core_state *)(memory + at[1]);
  core_state *c = (core_state *)(memory + at[2]), *d = (core_state *)(memory + at[3]);
  int32_t p = by[0], q = by[1], r = by[2], t = by[3];
  switch (count) {
    case 1: CORE_ADD(CORE_ONE, CORE_STEP_ONE); break;
    case 2: CORE_ADD(CORE_TWO, CORE_STEP_TWO); break;
    case 3: CORE_ADD(CORE_THREE, CORE_STEP_THREE); break;
    default: CORE_ADD(CORE_ALL, CORE_STEP_ALL);
  }
}

/* Adds column after column of a row to its sum. */
#define CORE_DOWN(products, step)        \
  for (; s < end; s++) {                 \
    s[0] += products(0);                 \
    step(row_bytes / 2);                 \
    CORE_HIDE;                           \
  }                                      \
  break

static inline void core_addColumns(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row_bytes, uint32_t columns,
                                   uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *end = s + n;
  core_word *at = (core_word *)(memory + columns);
  core_state *by = (core_state *)(memory + scales);
  core_state *a = (core_state *)(memory + at[0]), *b = (core_state *)(memory + at[1]);
  core_state *c = (core_state *)(memory + at[2]), *d = (core_state *)(memory + at[3]);
  int32_t p = by[0], q = by[1], r = by[2], t = by[3];
  switch (count) {
    case 1: CORE_DOWN(CORE_ONE, CORE_STEP_ONE);
    case 2: CORE_DOWN(CORE_TWO, CORE_STEP_TWO);
    case 3: CORE_DOWN(CORE_THREE, CORE_STEP_THREE);
    default: CORE_DOWN(CORE_ALL, CORE_STEP_ALL);
  }
}

static inline void core_addDrives(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n) {
  core_sum *s = (core_sum *)(memory + sums), *f = (core_sum *)(memory + from), *end = s + n, *fours = s + (n & ~3u);
  for (; s < fours; s += 4, f += 4) {
    int32_t a = f[0], b = f[1], c = f[2], d = f[3];
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
  }
  while (s < end) *s++ += *f++;
}

static inline uint32_t core_addMultiples(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row, uint32_t scales,
                                         uint32_t count) {
  core_state *scale = (core_state *)(memory + scales), *last = scale + count;
  core_sum *s = (core_sum *)(memory + sums);
  uint32_t some = 0;
  for (; scale < last; scale++) {
    core_sum *end = s + n, *most = s + (n & ~(CORE_AT_ONCE - 1u));
    core_state *a = (core_state *)(memory + row), *b = a, *c = a, *d = a;
    int32_t p = *scale;
    if (p) {
      some++;
      CORE_ADD(CORE_ONE, CORE_STEP_ONE);
    }
    s = end;
  }
  return some;
}
