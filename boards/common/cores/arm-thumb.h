/* Forms for Arm cores of the first Thumb instructions alone: eight registers, products of 32 bits. */
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int16_t __attribute__((may_alias)) core_weight;
typedef int32_t __attribute__((may_alias)) core_sum;

/* One sum of two rows: of more, something would have to be moved to and fro between registers. */
#define CORE_TWO(step)                                                                            \
  "ldr %[m], [%[s]]\n ldrsh %[v], [%[a], %[i]]\n muls %[v], %[p], %[v]\n adds %[m], %[m], %[v]\n" \
  "ldrsh %[v], [%[b], %[i]]\n muls %[v], %[q], %[v]\n adds %[m], %[m], %[v]\n stmia %[s]!, {%[m]}\n" step
#define CORE_FOUR(one) one one one one

/* Functions of their own: a loop that needs all registers has those around it spilt. */
static __attribute__((noinline)) void core_addTwo(core_sum *s, uint32_t n, const uint8_t *a, const uint8_t *b, int32_t p,
                                                  int32_t q) {
  core_sum *end = s + (n & ~3u);
  int32_t m, v;
  uint32_t i = 0;
  if (s < end)
    __asm__ volatile("1:\n" CORE_FOUR(CORE_TWO("adds %[i], #2\n")) "cmp %[s], %[e]\n bcc 1b"
                     : [s] "+l"(s), [i] "+l"(i), [m] "=&l"(m), [v] "=&l"(v)
                     : [a] "l"(a), [b] "l"(b), [p] "l"(p), [q] "l"(q), [e] "h"(end)
                     : "cc", "memory");
  for (end += n & 3; s < end; i += 2) *s++ += p * *(core_state *)(a + i) + q * *(core_state *)(b + i);
}

/* The same of columns. */
static __attribute__((noinline)) void core_addTwoColumns(core_sum *s, uint32_t n, const uint8_t *a, const uint8_t *b,
                                                         int32_t p, int32_t q, uint32_t row_bytes) {
  core_sum *end = s + (n & ~3u);
  int32_t m, v;
  uint32_t i = 0;
  if (s < end)
    __asm__ volatile("1:\n" CORE_FOUR(CORE_TWO("add %[i], %[row]\n")) "cmp %[s], %[e]\n bcc 1b"
                     : [s] "+l"(s), [i] "+l"(i), [m] "=&l"(m), [v] "=&l"(v)
                     : [a] "l"(a), [b] "l"(b), [p] "l"(p), [q] "l"(q), [e] "h"(end), [row] "h"(row_bytes)
                     : "cc", "memory");
  for (end += n & 3; s < end; i += row_bytes) *s++ += p * *(core_state *)(a + i) + q * *(core_state *)(b + i);
}

static inline uint32_t core_addMultiples(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row, uint32_t scales,
                                         uint32_t count) {
  core_state *scale = (core_state *)(memory + scales), *end = scale + count;
  const uint8_t *a = memory + row;
  core_sum *s = (core_sum *)(memory + sums);
  uint32_t some = 0;
  for (; scale < end; scale++, s += n) {
    if (*scale == 0) continue;
    some++;
    core_sum *at = s, *last = s + (n & ~3u);
    uint32_t i = 0;
    if (at < last)
      __asm__ volatile("1:\n" CORE_FOUR("ldr r0, [%[at]]\n ldrsh r1, [%[a], %[i]]\n muls r1, %[p], r1\n adds r0, r0, r1\n"
                                        "stmia %[at]!, {r0}\n adds %[i], #2\n") "cmp %[at], %[last]\n bcc 1b"
                       : [at] "+l"(at), [i] "+l"(i)
                       : [a] "l"(a), [p] "l"((int32_t)*scale), [last] "h"(last)
                       : "r0", "r1", "cc", "memory");
    for (; at < s + n; i += 2) *at++ += *scale * *(core_state *)(a + i);
  }
  return some;
}

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums);
  core_word *row = (core_word *)(memory + rows);
  core_state *scale = (core_state *)(memory + scales);
  for (; count >= 2; count -= 2, row += 2, scale += 2)
    core_addTwo(s, n, memory + row[0], memory + row[1], scale[0], scale[1]);
  if (count) core_addTwo(s, n, memory + row[0], memory + row[0], scale[0], 0);
}

/* A row that is to be added, and what scales it. */
struct core_scaled {
  const uint8_t *row;
  int32_t scale;
};

/* Adds rows of multiples of four two by two, an even number of them and at least two, to the sums from s to e. */
static __attribute__((noinline)) void core_addPairs(core_sum *s, core_sum *e, const struct core_scaled *at,
                                                    const struct core_scaled *end) {
  __asm__ volatile("1: mov r0, %[at]\n ldmia r0!, {r4, r5, r6, r7}\n mov %[at], r0\n mov r0, %[s]\n movs r1, #0\n 2:\n"
                   CORE_FOUR("ldr r2, [r0]\n ldrsh r3, [r4, r1]\n muls r3, r5, r3\n adds r2, r2, r3\n"
                             "ldrsh r3, [r6, r1]\n muls r3, r7, r3\n adds r2, r2, r3\n stmia r0!, {r2}\n adds r1, #2\n")
                   "cmp r0, %[e]\n bcc 2b\n cmp %[at], %[end]\n bcc 1b"
                   : [at] "+h"(at)
                   : [s] "h"(s), [e] "h"(e), [end] "h"(end)
                   : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "cc", "memory");
}

/* Adds what is listed, and room for one more. */
static void core_addListedRows(core_sum *s, uint32_t n, struct core_scaled *list, struct core_scaled *end) {
  core_sum *fours = s + (n & ~3u), *e = s + n;
  if (list == end) return;
  if ((end - list) & 1) *end++ = (struct core_scaled){list->row, 0};
  if (s < fours) core_addPairs(s, fours, list, end);
  for (uint32_t at = 2 * (n & ~3u); fours < e; fours++, at += 2)
    for (struct core_scaled *k = list; k < end; k++) *fours += k->scale * *(core_state *)(k->row + at);
}

#define CORE_LISTED 8

static inline void core_addPatch(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors,
                                 uint32_t count, uint32_t lines, uint32_t matrix_step, uint32_t factor_step) {
  /* Beyond: one row behind a line's last word and one before the next one's first, and one to make up a pair. */
  struct core_scaled list[CORE_LISTED + 3], *top = list;
  core_sum *s = (core_sum *)(memory + sums);
  for (; (int32_t)lines > 0; lines--, matrix += matrix_step, factors += factor_step) {
    const uint8_t *row = memory + matrix;
    core_state *factor = (core_state *)(memory + factors), *end = factor + (int32_t)count;
    if (factor < end && ((uintptr_t)factor & 2)) {
      if (*factor) *top++ = (struct core_scaled){row, *factor};
      factor++;
      row += 2 * n;
    }
    for (;;) {
      if (top >= list + CORE_LISTED) {
        core_addListedRows(s, n, list, top);
        top = list;
      }
      if (factor + 1 >= end) break;
      /* Most words are zero. Ends where the words do, or the list is full. */
      __asm__ volatile("mov r2, %[row]\n 1: ldmia %[factor]!, {r1}\n cmp r1, #0\n bne 2f\n add r2, %[step]\n add r2, %[step]\n"
                       "cmp %[factor], %[last]\n bcc 1b\n b 5f\n"
                       "2: lsls r3, r1, #16\n beq 3f\n asrs r3, r3, #16\n stmia %[top]!, {r2, r3}\n"
                       "3: add r2, %[step]\n asrs r3, r1, #16\n beq 4f\n stmia %[top]!, {r2, r3}\n"
                       "4: add r2, %[step]\n cmp %[top], %[full]\n bcs 5f\n cmp %[factor], %[last]\n bcc 1b\n 5: mov %[row], r2"
                       : [factor] "+l"(factor), [row] "+h"(row), [top] "+l"(top)
                       : [step] "h"(2 * n), [last] "h"(end - 1), [full] "h"(list + CORE_LISTED)
                       : "r1", "r2", "r3", "cc", "memory");
    }
    if (factor < end && *factor) *top++ = (struct core_scaled){row, *factor};
  }
  core_addListedRows(s, n, list, top);
}

static inline void core_addColumns(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t row_bytes, uint32_t columns,
                                   uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums);
  core_word *at = (core_word *)(memory + columns);
  core_state *by = (core_state *)(memory + scales);
  for (; count >= 2; count -= 2, at += 2, by += 2)
    core_addTwoColumns(s, n, memory + at[0], memory + at[1], by[0], by[1], row_bytes);
  if (count) core_addTwoColumns(s, n, memory + at[0], memory + at[0], by[0], 0, row_bytes);
}

static inline void core_addDrives(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n) {
  core_sum *s = (core_sum *)(memory + sums), *f = (core_sum *)(memory + from), *end = s + n;
  /* Loads move a pointer on, and the sums' has to be moved back. */
  core_sum *threes = end - 2;
  if (s < threes)
    __asm__ volatile("1: ldmia %[s]!, {r2, r3, r4}\n ldmia %[f]!, {r5, r6}\n adds r2, r2, r5\n ldmia %[f]!, {r5}\n"
                     "adds r3, r3, r6\n adds r4, r4, r5\n subs %[s], #12\n stmia %[s]!, {r2, r3, r4}\n"
                     "cmp %[s], %[threes]\n bcc 1b"
                     : [s] "+l"(s), [f] "+l"(f)
                     : [threes] "h"(threes)
                     : "r2", "r3", "r4", "r5", "r6", "cc", "memory");
  while (s < end) *s++ += *f++;
}

/* One state, rounded from its drive and clipped to [0, one]. */
static inline int32_t core_settled(int32_t drive, uint32_t shift, int32_t one) {
  int32_t next = shift ? (drive >> shift) + (drive >> (shift - 1) & 1) : drive;
  return next < 0 ? 0 : next > one ? one : next;
}

/* A drive in a register becomes a state: the last bit that is shifted out is the carry. */
#define CORE_SETTLE(x, settled)                                                               \
  "asrs " x ", %[shift]\n adcs " x ", %[none]\n cmp " x ", %[one]\n bls " settled "f\n"         \
  "asrs " x ", " x ", #31\n mvns " x ", " x "\n mov r1, %[one]\n ands " x ", r1\n" settled ":\n"

static inline uint32_t core_settleStates(uint8_t *memory, uint32_t states, uint32_t changes, uint32_t drives, uint32_t n,
                                         uint32_t shift, uint32_t one) {
  core_weight *state = (core_weight *)(memory + states), *change = (core_weight *)(memory + changes);
  core_sum *drive = (core_sum *)(memory + drives), *end = drive + n, *twos = drive + (n & ~1u);
  uint32_t changed = 0;
  /* Two at a time; most stay as they are. */
  if (drive < twos && shift && ((states | changes) & 3) == 0)
    __asm__ volatile("1: ldmia %[drive]!, {r2, r3}\n" CORE_SETTLE("r2", "2") CORE_SETTLE("r3", "3")
                     "lsls r3, r3, #16\n orrs r3, r2\n ldr r2, [%[state]]\n movs r1, #0\n cmp r2, r3\n beq 4f\n"
                     "str r3, [%[state]]\n subs r1, r3, r2\n lsrs r3, r3, #16\n lsrs r2, r2, #16\n subs r3, r3, r2\n"
                     "lsls r3, r3, #16\n uxth r1, r1\n orrs r1, r3\n mov %[changed], %[state]\n"
                     "4: adds %[state], #4\n stmia %[change]!, {r1}\n cmp %[drive], %[twos]\n bcc 1b"
                     : [drive] "+l"(drive), [state] "+l"(state), [change] "+l"(change), [changed] "+h"(changed)
                     : [twos] "h"(twos), [shift] "l"(shift), [none] "l"(0), [one] "h"(one)
                     : "r1", "r2", "r3", "cc", "memory");
  for (; drive < end; drive++) {
    int32_t next = core_settled(*drive, shift, (int32_t)one), step = next - *state;
    *state++ = (int16_t)next;
    *change++ = (int16_t)step;
    changed |= (uint32_t)step;
  }
  return changed;
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
