/* Forms for Arm cores that multiply and add in one instruction, without DSP. */
#include <stdint.h>

typedef const uint32_t __attribute__((may_alias)) core_word;
typedef const int16_t __attribute__((may_alias)) core_state;
typedef int32_t __attribute__((may_alias)) core_sum;

/* The next two elements of a row, scaled, added to two sums. */
#define CORE_TWO(row, scale)                                                                          \
  "ldrsh %[v], [%[" row "]], #2\n mla %[m], %[v], %[" scale "], %[m]\n ldrsh %[v], [%[" row "]], #2\n" \
  "mla %[n], %[v], %[" scale "], %[n]\n"

static inline void core_addRows(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t rows, uint32_t scales, uint32_t count) {
  core_sum *s = (core_sum *)(memory + sums), *e = s + (n & ~1u);
  core_word *at = (core_word *)(memory + rows);
  core_state *by = (core_state *)(memory + scales);
  if (count < 4) {
    for (uint32_t k = 0; k < count; k++) {
      core_state *row = (core_state *)(memory + at[k]);
      int32_t scale = by[k];
      for (uint32_t j = 0; j < n; j++) s[j] += scale * row[j];
    }
    return;
  }
  core_state *a = (core_state *)(memory + at[0]), *b = (core_state *)(memory + at[1]);
  core_state *c = (core_state *)(memory + at[2]), *d = (core_state *)(memory + at[3]);
  const int32_t p = by[0], q = by[1], r = by[2], t = by[3];
  int32_t first, second, v;
  if (s < e)
    __asm__ volatile("1: ldrd %[m], %[n], [%[s]]\n" CORE_TWO("a", "p") CORE_TWO("b", "q") CORE_TWO("c", "r")
                     CORE_TWO("d", "t") "strd %[m], %[n], [%[s]], #8\n cmp %[s], %[e]\n bcc 1b"
                     : [s] "+r"(s), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [m] "=&r"(first),
                       [n] "=&r"(second), [v] "=&r"(v)
                     : [e] "r"(e), [p] "r"(p), [q] "r"(q), [r] "r"(r), [t] "r"(t)
                     : "cc", "memory");
  if (n & 1) *s += p * *a + q * *b + r * *c + t * *d;
}
