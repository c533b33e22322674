#include "vectors.h"

/* 512 bits, with AVX-512's words, and VNNI, which multiplies pairs and adds them up at once. */
#if defined(FORMS) && defined(__x86_64__)
#include <immintrin.h>

#include "processor.h"

#define PART static inline __attribute__((always_inline))

/* A block of at most four vectors of 32 columns, of which the last has those of the mask. Pairs of rows are interleaved within
 * 128 bits: the sums stand in that order until they are added. */
PART void add_block(uint8_t *memory, uint32_t sums, uint32_t from, const uint32_t *rows, const int32_t *scales, uint32_t pairs, uint32_t first,
                    const int width, __mmask32 last) {
  __m512i low[4], high[4];
  for (int v = 0; v < width; v++) low[v] = high[v] = _mm512_setzero_si512();
  for (uint32_t k = 0; k < pairs; k++) {
    const int16_t *a = (const int16_t *)(memory + rows[2 * k]) + from + first;
    const int16_t *b = (const int16_t *)(memory + rows[2 * k + 1]) + from + first;
    const __m512i pair = _mm512_set1_epi32(scales[k]);
    for (int v = 0; v < width; v++) {
      const __mmask32 mask = v + 1 < width ? UINT32_MAX : last;
      const __m512i va = _mm512_maskz_loadu_epi16(mask, a + 32 * v), vb = _mm512_maskz_loadu_epi16(mask, b + 32 * v);
      low[v] = _mm512_dpwssd_epi32(low[v], _mm512_unpacklo_epi16(va, vb), pair);
      high[v] = _mm512_dpwssd_epi32(high[v], _mm512_unpackhi_epi16(va, vb), pair);
    }
  }
  const __m512i before = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const __m512i behind = _mm512_setr_epi32(8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  int32_t *to = (int32_t *)(memory + sums) + first;
  for (int v = 0; v < width; v++, to += 32) {
    const __mmask32 mask = v + 1 < width ? UINT32_MAX : last;
    const __mmask16 some = (__mmask16)mask, more = (__mmask16)(mask >> 16);
    const __m512i one = _mm512_permutex2var_epi32(low[v], before, high[v]);
    const __m512i two = _mm512_permutex2var_epi32(low[v], behind, high[v]);
    _mm512_mask_storeu_epi32(to, some, _mm512_add_epi32(_mm512_maskz_loadu_epi32(some, to), one));
    _mm512_mask_storeu_epi32(to + 16, more, _mm512_add_epi32(_mm512_maskz_loadu_epi32(more, to + 16), two));
  }
}

static bool add_pairs(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n, uint32_t rows, uint32_t scales, uint32_t pairs) {
  const uint32_t *at = (const uint32_t *)(memory + rows);
  const int32_t *by = (const int32_t *)(memory + scales);
  uint32_t first = 0;
  for (; first + 128 <= n; first += 128) add_block(memory, sums, from, at, by, pairs, first, 4, UINT32_MAX);
  const uint32_t rest = n - first;
  const __mmask32 last = rest & 31 ? UINT32_MAX >> (32 - (rest & 31)) : UINT32_MAX;
  switch ((rest + 31) / 32) {
    case 4: add_block(memory, sums, from, at, by, pairs, first, 4, last); break;
    case 3: add_block(memory, sums, from, at, by, pairs, first, 3, last); break;
    case 2: add_block(memory, sums, from, at, by, pairs, first, 2, last); break;
    case 1: add_block(memory, sums, from, at, by, pairs, first, 1, last); break;
  }
  return true;
}

PART __m256i halves_added(__m512i of) {
  return _mm256_add_epi32(_mm512_castsi512_si256(of), _mm512_extracti64x4_epi64(of, 1));
}

/* Sums of the lanes of four. */
PART __m128i lanes_added(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

/* Four rows of at most 16 factors, which `mask` tells. */
PART __m128i short_products(const int16_t *row, uint32_t count, __m256i factor, __mmask16 mask) {
  __m256i sums[4];
  for (int r = 0; r < 4; r++) sums[r] = _mm256_madd_epi16(_mm256_maskz_loadu_epi16(mask, row + r * (size_t)count), factor);
  return lanes_added(sums[0], sums[1], sums[2], sums[3]);
}

PART __m128i long_products(const int16_t *row, const int16_t *factors, uint32_t count, const int rows) {
  __m512i sums[4];
  for (int r = 0; r < 4; r++) sums[r] = _mm512_setzero_si512();
  uint32_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512i factor = _mm512_loadu_si512(factors + i);
    for (int r = 0; r < rows; r++)
      sums[r] = _mm512_dpwssd_epi32(sums[r], _mm512_loadu_si512(row + r * (size_t)count + i), factor);
  }
  if (i < count) {
    const __mmask32 mask = UINT32_MAX >> (32 - (count - i));
    const __m512i factor = _mm512_maskz_loadu_epi16(mask, factors + i);
    for (int r = 0; r < rows; r++)
      sums[r] = _mm512_dpwssd_epi32(sums[r], _mm512_maskz_loadu_epi16(mask, row + r * (size_t)count + i), factor);
  }
  return lanes_added(halves_added(sums[0]), halves_added(sums[1]), halves_added(sums[2]), halves_added(sums[3]));
}

static bool add_products(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors, uint32_t count) {
  const int16_t *row = (const int16_t *)(memory + matrix), *by = (const int16_t *)(memory + factors);
  int32_t *to = (int32_t *)(memory + sums);
  const bool is_short = count <= 16;
  const __mmask16 mask = is_short ? (__mmask16)((1u << count) - 1) : 0;
  const __m256i factor = _mm256_maskz_loadu_epi16(mask, by);
  uint32_t j = 0;
  for (; j + 4 <= n; j += 4, row += 4 * (size_t)count) {
    const __m128i more = is_short ? short_products(row, count, factor, mask) : long_products(row, by, count, 4);
    _mm_storeu_si128((__m128i *)(to + j), _mm_add_epi32(_mm_loadu_si128((const __m128i *)(to + j)), more));
  }
  for (; j < n; j++, row += count)
    to[j] = (int32_t)((uint32_t)to[j] + (uint32_t)_mm_cvtsi128_si32(long_products(row, by, count, 1)));
  return true;
}

/* 16 columns at a time, in lanes of 32 bits: none overflows, since the contrasts are narrow. */
PART void change(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, int32_t *row, const bool more) {
  int16_t *weight = (int16_t *)(memory + weights);
  int32_t *contrast = (int32_t *)(memory + contrasts);
  const int16_t *low = (const int16_t *)(memory + words), *high = (const int16_t *)(memory + words + (uint32_t)row[APART]);
  const uint32_t shift = (uint32_t)row[SHIFT], e = more ? shift - 32 : 0;
  const __m512i factor = _mm512_set1_epi32(more ? row[MANTISSA] : (int32_t)((uint32_t)row[MANTISSA] << (32 - shift)));
  const __m512i times = _mm512_set1_epi32(row[MULTIPLIER]), plus = _mm512_set1_epi32(row[OFFSET]);
  const __m512i least = _mm512_set1_epi32(INT16_MIN), most = _mm512_set1_epi32(INT16_MAX);
  const __m128i count = _mm_cvtsi32_si128((int)e);
  __m512i lows = _mm512_setzero_si512(), highs = lows;
  uint32_t clipped = 0;
  for (uint32_t j = 0; j < n; j += 16) {
    const __mmask16 mask = n - j < 16 ? (__mmask16)((1u << (n - j)) - 1) : UINT16_MAX;
    const __m512i sum = _mm512_maskz_loadu_epi32(mask, contrast + j);
    if (!_mm512_test_epi32_mask(sum, sum)) continue;
    const __m512i lowKey = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, low + j));
    const __m512i highKey = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, high + j));
    const __m512i word = _mm512_mask_blend_epi16(0xaaaaaaaa, lowKey, _mm512_slli_epi32(highKey, 16));
    const __m512i fraction = _mm512_add_epi32(_mm512_mullo_epi32(word, times), plus);
    __m512i even = _mm512_and_si512(fraction, _mm512_set1_epi64(UINT32_MAX)), odd = _mm512_srli_epi64(fraction, 32);
    if (more) even = _mm512_sll_epi64(even, count), odd = _mm512_sll_epi64(odd, count);
    even = _mm512_add_epi64(even, _mm512_mul_epi32(sum, factor));
    odd = _mm512_add_epi64(odd, _mm512_mul_epi32(_mm512_srli_epi64(sum, 32), factor));
    __m512i changed = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
    if (more) changed = _mm512_sra_epi32(changed, count);
    const __m512i old = _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, weight + j));
    const __m512i wanted = _mm512_add_epi32(old, changed);
    const __m512i next = _mm512_min_epi32(_mm512_max_epi32(wanted, least), most);
    const __m512i by = _mm512_sub_epi32(next, old);
    clipped += (uint32_t)__builtin_popcount(_mm512_cmpneq_epi32_mask(next, wanted));
    _mm256_mask_storeu_epi16(weight + j, mask, _mm512_cvtepi32_epi16(next));
    _mm512_mask_storeu_epi32(contrast + j, mask, _mm512_setzero_si512());
    lows = _mm512_add_epi32(lows, _mm512_mullo_epi32(by, lowKey));
    highs = _mm512_add_epi32(highs, _mm512_mullo_epi32(by, highKey));
  }
  row[LOW] = (int32_t)((uint32_t)row[LOW] + (uint32_t)_mm512_reduce_add_epi32(lows));
  row[HIGH] = (int32_t)((uint32_t)row[HIGH] + (uint32_t)_mm512_reduce_add_epi32(highs));
  row[CLIPPED] += (int32_t)clipped;
}

static bool change_vectors(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, uint32_t row) {
  int32_t *told = (int32_t *)(memory + row);
  if (told[SHIFT] <= 32) change(memory, weights, contrasts, words, n, told, false);
  else change(memory, weights, contrasts, words, n, told, true);
  return true;
}

const struct vectors avx512_vectors = {"avx512", processor_has_avx512, add_pairs, add_products, change_vectors};
#endif
