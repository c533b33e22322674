/* Forms for Arm cores with the DSP instructions: a word that is loaded is two factors of 16 bits. */
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const uint32_t __attribute__((aligned(2), may_alias)) core_pair;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int16_t __attribute__((may_alias)) core_weight;
typedef int32_t __attribute__((may_alias)) core_sum;

/* Adds the next two elements of a row, scaled by one half of a word (b: the lower, t: the upper), to two sums. Written
 * out: among so many registers compilers lose their way. */
#define CORE_TWO(row, scales, half, m, n)                                                      \
  "ldr %[v], [%[" row "]], #4\n smlab" half " %[" m "], %[v], %[" scales "], %[" m "]\n smlat" \
  half " %[" n "], %[v], %[" scales "], %[" n "]\n"
#define CORE_FOUR(row, scales, half) CORE_TWO(row, scales, half, "m", "n") CORE_TWO(row, scales, half, "o", "p")
#define CORE_ROWS(fours, twos)                                                                                       \
  do {                                                                                                               \
    if (s < e)                                                                                                       \
      __asm__ volatile("1: ldrd %[m], %[n], [%[s]]\n ldrd %[o], %[p], [%[s], #8]\n" fours                            \
                       "strd %[m], %[n], [%[s]], #8\n strd %[o], %[p], [%[s]], #8\n cmp %[s], %[e]\n bcc 1b"         \
                       : CORE_REGISTERS, [o] "=&r"(o), [p] "=&r"(p)                                                  \
                       : [e] "r"(e), [xy] "r"(xy), [zw] "r"(zw)                                                      \
                       : "cc", "memory");                                                                            \
    if (n & 2)                                                                                                       \
      __asm__ volatile("ldrd %[m], %[n], [%[s]]\n" twos "strd %[m], %[n], [%[s]], #8"                                \
                       : CORE_REGISTERS                                                                              \
                       : [xy] "r"(xy), [zw] "r"(zw)                                                                  \
                       : "memory");                                                                                  \
  } while (0)
#define CORE_REGISTERS                                                                                    \
  [s] "+r"(s), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [m] "=&r"(first), [n] "=&r"(second), \
      [v] "=&r"(v)

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *e = s + (n & ~3u);
  core_word *at = (core_word *)(memory + rows), *by = (core_word *)(memory + scales);
  const uint8_t *a = memory + at[0], *b = memory + at[1], *c = memory + at[2], *d = memory + at[3];
  uint32_t xy = by[0], zw = by[1];
  int32_t first, second, o, p, v;
  switch (count) {
    case 1: CORE_ROWS(CORE_FOUR("a", "xy", "b"), CORE_TWO("a", "xy", "b", "m", "n")); break;
    case 2:
      CORE_ROWS(CORE_FOUR("a", "xy", "b") CORE_FOUR("b", "xy", "t"),
                CORE_TWO("a", "xy", "b", "m", "n") CORE_TWO("b", "xy", "t", "m", "n"));
      break;
    case 3:
      CORE_ROWS(CORE_FOUR("a", "xy", "b") CORE_FOUR("b", "xy", "t") CORE_FOUR("c", "zw", "b"),
                CORE_TWO("a", "xy", "b", "m", "n") CORE_TWO("b", "xy", "t", "m", "n")
                CORE_TWO("c", "zw", "b", "m", "n"));
      break;
    default:
      CORE_ROWS(CORE_FOUR("a", "xy", "b") CORE_FOUR("b", "xy", "t") CORE_FOUR("c", "zw", "b")
                CORE_FOUR("d", "zw", "t"),
                CORE_TWO("a", "xy", "b", "m", "n") CORE_TWO("b", "xy", "t", "m", "n")
                CORE_TWO("c", "zw", "b", "m", "n") CORE_TWO("d", "zw", "t", "m", "n"));
  }
  if (n & 1) {
    const uint8_t *ends[] = {a, b, c, d};
    core_state *scale = (core_state *)by;
    for (uint32_t k = 0; k < count; k++) *s += scale[k] * *(core_state *)ends[k];
  }
}

/* The address of one of the core's own, as the kernel's memory counts. */
static inline uint32_t core_placeOf(const uint8_t *memory, const void *own) { return (uint32_t)((uintptr_t)own - (uintptr_t)memory); }

static inline void core_addPatch(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors,
                                 uint32_t count, uint32_t lines, uint32_t matrix_step, uint32_t factor_step) {
  uint32_t rows[4], scales[2], k = 0;
  core_weight *scale = (core_weight *)scales;
  for (; (int32_t)lines > 0; lines--, matrix += matrix_step, factors += factor_step) {
    core_state *factor = (core_state *)(memory + factors), *end = factor + (int32_t)count;
    for (uint32_t row = matrix; factor < end; factor++, row += 2 * n) {
      /* Most are zero, and passed over four at a time. */
      for (core_pair *two = (core_pair *)factor; factor + 3 < end && (two[0] | two[1]) == 0; two += 2) {
        factor += 4;
        row += 8 * n;
      }
      if (factor >= end || *factor == 0) continue;
      rows[k] = row;
      scale[k] = *factor;
      if (++k < 4) continue;
      core_addRows(memory, sums, n, core_placeOf(memory, rows), core_placeOf(memory, scales), k);
      k = 0;
    }
  }
  if (k) core_addRows(memory, sums, n, core_placeOf(memory, rows), core_placeOf(memory, scales), k);
}

static inline uint32_t core_addMultiples(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row, uint32_t scales,
                                         uint32_t count) {
  core_state *scale = (core_state *)(memory + scales), *end = scale + count;
  uint32_t rows[4] = {row}, by[2], some = 0;
  for (; scale < end; scale++, sums += 4 * n) {
    if (*scale == 0) continue;
    some++;
    by[0] = (uint16_t)*scale;
    core_addRows(memory, sums, n, core_placeOf(memory, rows), core_placeOf(memory, by), 1);
  }
  return some;
}

static inline void core_addDrives(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n) {
  core_sum *s = (core_sum *)(memory + sums), *f = (core_sum *)(memory + from), *end = s + n, *fours = s + (n & ~3u);
  if (s < fours)
    __asm__ volatile("1: ldmia %[s], {r2, r3, r4, r5}\n ldmia %[f]!, {r6, r8, r9, r10}\n adds r2, r2, r6\n add r3, r3, r8\n"
                     "add r4, r4, r9\n add r5, r5, r10\n stmia %[s]!, {r2, r3, r4, r5}\n cmp %[s], %[fours]\n bcc 1b"
                     : [s] "+r"(s), [f] "+r"(f)
                     : [fours] "r"(fours)
                     : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
  while (s < end) *s++ += *f++;
}

static inline int32_t core_clip(int32_t value) {
  int32_t clipped;
  __asm__("ssat %0, #16, %1" : "=r"(clipped) : "r"(value));
  return clipped;
}

static inline __attribute__((always_inline)) void core_change(core_weight *weight, core_sum *sum, core_word *word,
                                                              uint32_t n, core_sum *row, int32_t factor, int more) {
  const uint32_t multiplier = (uint32_t)row[0], offset = (uint32_t)row[1];
  int32_t low = row[4], high = row[5];
  for (core_sum *end = sum + n; sum < end; weight++, word++) {
    int32_t contrast = *sum++;
    if (contrast == 0) continue;
    sum[-1] = 0;
    int32_t w = (int32_t)*word;
    uint32_t fraction = multiplier * (uint32_t)w + offset;
    int32_t change = (int32_t)(((int64_t)((uint64_t)fraction << more) + (int64_t)contrast * factor) >> 32) >> more;
    if (change == 0) continue;
    int32_t old = *weight, next = old + change, clipped = core_clip(next);
    if (__builtin_expect(clipped != next, 0)) row[6]++;
    *weight = (int16_t)clipped;
    low += (clipped - old) * (int16_t)w;
    high += (clipped - old) * (w >> 16);
  }
  row[4] = low;
  row[5] = high;
}

static inline void core_changeWeights(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n,
                               uint32_t row) {
  core_weight *weight = (core_weight *)(memory + weights);
  core_sum *sum = (core_sum *)(memory + contrasts), *told = (core_sum *)(memory + row);
  core_word *word = (core_word *)(memory + words);
  int32_t mantissa = told[2], shift = told[3];
  if (shift <= 32) core_change(weight, sum, word, n, told, (int32_t)((uint32_t)mantissa << (32 - shift)), 0);
  else core_change(weight, sum, word, n, told, mantissa, shift - 32);
}

/* The sum of both halves' products, and `sum`. */
static inline int32_t core_twice(uint32_t a, uint32_t b, int32_t sum) {
  __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
}

static inline void core_addColumns(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row_bytes, uint32_t columns,
                            uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *end = s + n;
  core_word *at = (core_word *)(memory + columns), *by = (core_word *)(memory + scales);
  const uint8_t *row = memory + at[0];
  const uint32_t b = at[1] - at[0], c = at[2] - at[0], d = at[3] - at[0];
  const uint32_t xy = by[0], zw = by[1];
  /* Neighbouring columns are loaded two at a time. */
  if (count == 4 && b == 2 && d == c + 2)
    for (; s < end; s++, row += row_bytes)
      *s = core_twice(*(core_pair *)(row + c), zw, core_twice(*(core_pair *)row, xy, *s));
  else if (count == 2 && b == 2)
    for (; s < end; s++, row += row_bytes) *s = core_twice(*(core_pair *)row, xy, *s);
  else if (count == 4)
    for (; s < end; s++, row += row_bytes)
      *s += (int16_t)xy * *(core_state *)row + ((int32_t)xy >> 16) * *(core_state *)(row + b) +
            (int16_t)zw * *(core_state *)(row + c) + ((int32_t)zw >> 16) * *(core_state *)(row + d);
  else
    for (uint32_t k = 0; k < count; k++) {
      const uint8_t *column = memory + at[k];
      core_sum *to = (core_sum *)(memory + sums);
      int32_t scale = ((core_state *)by)[k];
      for (; to < end; to++, column += row_bytes) *to += scale * *(core_state *)column;
    }
}

static inline void core_addListed(uint8_t *memory, uint32_t sums, uint32_t row, uint32_t list, uint32_t count, uint32_t scale) {
  const uint16_t *at = (const uint16_t *)(memory + list), *end = at + (count & ~1u);
  uint32_t o, m, v;
  if (at < end)
    __asm__ volatile(
        "1: ldrh %[o], [%[at]], #2\n ldrsh %[v], [%[row], %[o]]\n ldr %[m], [%[sums], %[o], lsl #1]\n"
        "mla %[m], %[v], %[scale], %[m]\n str %[m], [%[sums], %[o], lsl #1]\n"
        "ldrh %[o], [%[at]], #2\n ldrsh %[v], [%[row], %[o]]\n ldr %[m], [%[sums], %[o], lsl #1]\n"
        "mla %[m], %[v], %[scale], %[m]\n str %[m], [%[sums], %[o], lsl #1]\n cmp %[at], %[end]\n bcc 1b"
        : [at] "+r"(at), [o] "=&r"(o), [m] "=&r"(m), [v] "=&r"(v)
        : [end] "r"(end), [row] "r"(memory + row), [sums] "r"(memory + sums), [scale] "r"(scale)
        : "cc", "memory");
  if (count & 1) *(core_sum *)(memory + sums + 2u * *at) += (int32_t)scale * *(core_state *)(memory + row + *at);
}

/* One state, rounded from its drive and clipped to [0, one]. */
static inline int32_t core_settled(int32_t drive, uint32_t shift, int32_t one) {
  int32_t next = shift ? (drive >> shift) + (drive >> (shift - 1) & 1) : drive;
  return next < 0 ? 0 : next > one ? one : next;
}

static inline uint32_t core_settleStates(uint8_t *memory, uint32_t states, uint32_t changes, uint32_t drives, uint32_t n,
                                  uint32_t shift, uint32_t one) {
  core_weight *state = (core_weight *)(memory + states), *change = (core_weight *)(memory + changes);
  core_sum *drive = (core_sum *)(memory + drives), *end = drive + n, *twos = shift ? drive + (n & ~1u) : drive;
  uint32_t changed = 0, next, more, old;
  /* Two at a time: what one is beyond `one` is found by a difference that ends at zero. */
  if (drive < twos)
    __asm__ volatile(
        "1: ldrd %[next], %[more], [%[drive]], #8\n asr %[next], %[nearest]\n asr %[more], %[nearest]\n"
        "qadd %[next], %[next], %[unit]\n qadd %[more], %[more], %[unit]\n usat %[next], #15, %[next], asr #1\n usat %[more], #15, %[more], asr #1\n"
        "pkhbt %[next], %[next], %[more], lsl #16\n uqsub16 %[more], %[next], %[ones]\n ldr %[old], [%[state]]\n"
        "usub16 %[next], %[next], %[more]\n usub16 %[old], %[next], %[old]\n str %[next], [%[state]], #4\n"
        "str %[old], [%[change]], #4\n orr %[changed], %[old]\n cmp %[drive], %[twos]\n bcc 1b"
        : [drive] "+r"(drive), [state] "+r"(state), [change] "+r"(change), [changed] "+r"(changed),
          [next] "=&r"(next), [more] "=&r"(more), [old] "=&r"(old)
        : [twos] "r"(twos), [nearest] "r"(shift - 1), [ones] "r"(one | one << 16), [unit] "r"(1)
        : "cc", "memory");
  while (drive < end) {
    int32_t settled = core_settled(*drive++, shift, (int32_t)one), step = settled - *state;
    *state++ = (int16_t)settled;
    *change++ = (int16_t)step;
    changed |= (uint32_t)step;
  }
  return changed;
}
