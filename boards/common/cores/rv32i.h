/* Forms for RISC-V cores without a multiplier. A product is a sum of shifts, one for each digit of its factor; scales of a spiking
 * network are powers of two, of which one shift is the product. */
#include <stdbool.h>
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int16_t __attribute__((may_alias)) core_weight;
typedef uint32_t __attribute__((may_alias)) core_sum;

#define CORE_AT_ONCE 4

/* Digits −1, 0 and 1 of a factor, of which no two neighbours are set: as few as there can be. In 32 bits, as sums wrap. */
struct core_digits {
  int32_t left;
  uint32_t shift;
};

/* The sign of the next digit, for as long as any is left; its place is `shift`. */
static inline int32_t core_next(struct core_digits *digits) {
  for (; !(digits->left & 1); digits->left >>= 1) digits->shift++;
  const int32_t sign = digits->left & 2 ? -1 : 1;
  digits->left = (int32_t)((uint32_t)digits->left - (uint32_t)sign);
  return sign;
}

static inline uint32_t core_times(uint32_t value, int32_t factor) {
  struct core_digits digits = {factor, 0};
  uint32_t product = 0;
  while (digits.left) {
    const int32_t sign = core_next(&digits);
    product += sign < 0 ? -(value << digits.shift) : value << digits.shift;
  }
  return product;
}

/* Where the one bit of a power of two lies; of anything else not below 32. */
static inline uint32_t core_place(int32_t scale) {
  uint32_t place = 0;
  if (scale <= 0 || (scale & (scale - 1))) return 32;
  for (; !(scale & 1); scale >>= 1) place++;
  return place;
}

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
#define CORE_ONE(j) ((uint32_t)a[j] << p)
#define CORE_LESS(j) (-((uint32_t)a[j] << p))
#define CORE_TWO(j) (CORE_ONE(j) + ((uint32_t)b[j] << q))
#define CORE_THREE(j) (CORE_TWO(j) + ((uint32_t)c[j] << r))
#define CORE_ALL(j) (CORE_THREE(j) + ((uint32_t)d[j] << t))
#define CORE_STEP_ONE(by) a += by
#define CORE_STEP_TWO(by) a += by, b += by
#define CORE_STEP_THREE(by) a += by, b += by, c += by
#define CORE_STEP_ALL(by) a += by, b += by, c += by, d += by

/* A row of any scale, a pass for each of its digits. */
static inline void core_addRow(core_sum *sums, uint32_t n, core_state *row, int32_t scale) {
  struct core_digits digits = {scale, 0};
  while (digits.left) {
    const int32_t sign = core_next(&digits);
    const uint32_t p = digits.shift;
    core_sum *s = sums, *end = s + n, *most = s + (n & ~(CORE_AT_ONCE - 1u));
    core_state *a = row, *b = row, *c = row, *d = row;
    if (sign < 0) CORE_ADD(CORE_LESS, CORE_STEP_ONE);
    else CORE_ADD(CORE_ONE, CORE_STEP_ONE);
  }
}

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *end = s + n, *most = s + (n & ~(CORE_AT_ONCE - 1u));
  core_word *at = (core_word *)(memory + rows);
  core_state *by = (core_state *)(memory + scales);
  uint32_t places[4], arePowers = 0;
  for (uint32_t k = 0; k < count; k++) arePowers |= places[k] = core_place(by[k]);
  if (arePowers > 31) {
    for (uint32_t k = 0; k < count; k++) core_addRow(s, n, (core_state *)(memory + at[k]), by[k]);
    return;
  }
  core_state *a = (core_state *)(memory + at[0]), *b = a, *c = a, *d = a;
  const uint32_t p = places[0];
  uint32_t q = 0, r = 0, t = 0;
  if (count > 1) b = (core_state *)(memory + at[1]), q = places[1];
  if (count > 2) c = (core_state *)(memory + at[2]), r = places[2];
  if (count > 3) d = (core_state *)(memory + at[3]), t = places[3];
  switch (count) {
    case 1: CORE_ADD(CORE_ONE, CORE_STEP_ONE); break;
    case 2: CORE_ADD(CORE_TWO, CORE_STEP_TWO); break;
    case 3: CORE_ADD(CORE_THREE, CORE_STEP_THREE); break;
    default: CORE_ADD(CORE_ALL, CORE_STEP_ALL);
  }
}

static inline void core_addColumns(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rowBytes, uint32_t columns,
                                   uint32_t scales, uint32_t count) {
  core_sum *begin = (core_sum *)(memory + sums), *end = begin + n;
  for (uint32_t k = 0; k < count; k++) {
    struct core_digits digits = {((core_state *)(memory + scales))[k], 0};
    while (digits.left) {
      const int32_t sign = core_next(&digits);
      const uint8_t *column = memory + ((core_word *)(memory + columns))[k];
      core_sum *s = begin;
      if (sign < 0)
        for (; s < end; column += rowBytes) *s++ -= (uint32_t) * (core_state *)column << digits.shift;
      else
        for (; s < end; column += rowBytes) *s++ += (uint32_t) * (core_state *)column << digits.shift;
    }
  }
}

static inline void core_addListed(uint8_t *memory, uint32_t sums, uint32_t row, uint32_t list, uint32_t count, uint32_t scale) {
  const uint16_t *at = (const uint16_t *)(memory + list), *end = at + count;
  for (; at < end; at++) {
    const uint32_t value = (uint32_t) * (core_state *)(memory + row + *at);
    *(core_sum *)(memory + sums + 2 * (uint32_t)*at) += core_times(value, (int32_t)scale);
  }
}

/* Multiples of a row's multiplier by four bits: a product with it is eight of them. */
struct core_multiples {
  uint32_t of[16];
};

static inline struct core_multiples core_multiply(uint32_t value) {
  struct core_multiples multiples = {{0}};
  for (uint32_t k = 1; k < 16; k++) multiples.of[k] = multiples.of[k - 1] + value;
  return multiples;
}

static inline uint32_t core_multiple(const struct core_multiples *multiples, uint32_t factor) {
  const uint32_t *of = multiples->of;
  uint32_t product = of[factor >> 28];
  product = (product << 4) + of[(factor >> 24) & 15];
  product = (product << 4) + of[(factor >> 20) & 15];
  product = (product << 4) + of[(factor >> 16) & 15];
  product = (product << 4) + of[(factor >> 12) & 15];
  product = (product << 4) + of[(factor >> 8) & 15];
  product = (product << 4) + of[(factor >> 4) & 15];
  return (product << 4) + of[factor & 15];
}

/* `value` · a mantissa of 16 bits, whose one bit lies at `place` unless that is beyond. */
static inline uint32_t core_scaled(uint32_t value, int32_t mantissa, uint32_t place) {
  return place < 32 ? value << place : core_times(value, mantissa);
}

/* The sum's halves apart, since products of 64 bits are calls: what a product has below 2¹⁶ only decides on a carry. */
static inline void core_changeWeights(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n,
                                      uint32_t told) {
  core_weight *weight = (core_weight *)(memory + weights);
  core_sum *sum = (core_sum *)(memory + contrasts), *end = sum + n, *row = (core_sum *)(memory + told);
  core_word *word = (core_word *)(memory + words);
  while (sum < end && *sum == 0) sum++, weight++, word++;
  if (sum == end) return;
  const struct core_multiples multiples = core_multiply(row[0]);
  const uint32_t offset = row[1], shift = row[3], place = core_place((int32_t)row[2]);
  const int32_t mantissa = (int32_t)row[2];
  const bool isFar = shift > 32;
  uint32_t low = row[4], high = row[5];
  for (; sum < end; weight++, word++) {
    const int32_t contrast = (int32_t)*sum++;
    if (contrast == 0) continue;
    sum[-1] = 0;
    const uint32_t w = *word, fraction = core_multiple(&multiples, w) + offset;
    const uint32_t below = (uint16_t)(isFar ? fraction << (shift - 32) : fraction >> (32 - shift));
    const uint32_t carried = (core_scaled((uint16_t)contrast, mantissa, place) + below) >> 16;
    const int32_t above = (int32_t)core_scaled((uint32_t)(contrast >> 16), mantissa, place);
    const int32_t change = (above + (int32_t)carried + (int32_t)(fraction >> (48 - shift))) >> (shift - 16);
    if (change == 0) continue;
    const int32_t old = *weight;
    int32_t next = old + change;
    if (__builtin_expect(next != (int16_t)next, 0)) {
      next = next < 0 ? INT16_MIN : INT16_MAX;
      row[6]++;
    }
    *weight = (int16_t)next;
    struct core_digits digits = {next - old, 0};
    while (digits.left) {
      const int32_t sign = core_next(&digits);
      const uint32_t first = (uint32_t)(int16_t)w << digits.shift, second = (uint32_t)((int32_t)w >> 16) << digits.shift;
      if (sign < 0) low -= first, high -= second;
      else low += first, high += second;
    }
  }
  row[4] = low;
  row[5] = high;
}
