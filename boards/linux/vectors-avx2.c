#include "vectors.h"

/* 256 bits. */
#if defined(FORMS) && defined(__x86_64__)
#include <immintrin.h>

#include "processor.h"

#define PART static inline __attribute__((always_inline))

PART __m256i load(const void *from) { return _mm256_loadu_si256((const __m256i *)from); }

/* The columns from lane `done` on, of eight that hold others' before. */
PART void add_to(int32_t *to, __m256i sums, int done) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i more = _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(done), lanes), sums);
  _mm256_storeu_si256((__m256i *)to, _mm256_add_epi32(load(to), more));
}

/* A block of vectors of 16 columns, of which the first `done` are left as they are. Pairs of rows are interleaved within 128
 * bits: the sums stand in that order until they are added. */
PART void add_block(uint8_t *memory, uint32_t sums, uint32_t from, const uint32_t *rows, const int32_t *scales, uint32_t pairs, uint32_t first,
                    const int width, int done) {
  __m256i low[3], high[3];
  for (int v = 0; v < width; v++) low[v] = high[v] = _mm256_setzero_si256();
  for (uint32_t k = 0; k < pairs; k++) {
    const int16_t *a = (const int16_t *)(memory + rows[2 * k]) + from + first;
    const int16_t *b = (const int16_t *)(memory + rows[2 * k + 1]) + from + first;
    const __m256i pair = _mm256_set1_epi32(scales[k]);
    for (int v = 0; v < width; v++) {
      const __m256i va = load(a + 16 * v), vb = load(b + 16 * v);
      low[v] = _mm256_add_epi32(low[v], _mm256_madd_epi16(_mm256_unpacklo_epi16(va, vb), pair));
      high[v] = _mm256_add_epi32(high[v], _mm256_madd_epi16(_mm256_unpackhi_epi16(va, vb), pair));
    }
  }
  int32_t *to = (int32_t *)(memory + sums) + first;
  for (int v = 0; v < width; v++, to += 16) {
    add_to(to, _mm256_permute2x128_si256(low[v], high[v], 0x20), done);
    add_to(to + 8, _mm256_permute2x128_si256(low[v], high[v], 0x31), done - 8);
  }
}

static bool add_pairs(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n, uint32_t rows, uint32_t scales, uint32_t pairs) {
  if (n < 16) return false;
  const uint32_t *at = (const uint32_t *)(memory + rows);
  const int32_t *by = (const int32_t *)(memory + scales);
  uint32_t first = 0;
  for (; first + 48 <= n; first += 48) add_block(memory, sums, from, at, by, pairs, first, 3, 0);
  if (first + 32 <= n) add_block(memory, sums, from, at, by, pairs, first, 2, 0), first += 32;
  if (first + 16 <= n) add_block(memory, sums, from, at, by, pairs, first, 1, 0), first += 16;
  /* The last columns are the end of 16 that overlap those before. */
  if (first < n) add_block(memory, sums, from, at, by, pairs, n - 16, 1, (int)(first + 16 - n));
  return true;
}

/* Sums of the lanes of four. */
PART __m128i lanes_added(const __m256i *of) {
  const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(of[0], of[1]), _mm256_hadd_epi32(of[2], of[3]));
  return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

/* Sums of a row or four. The last factors are the end of 16, of which those before are made zero. */
PART __m128i products(const int16_t *row, const int16_t *factors, uint32_t count, __m256i last, const int rows) {
  __m256i sums[4];
  for (int r = 0; r < 4; r++) sums[r] = _mm256_setzero_si256();
  for (uint32_t i = 0; i + 16 <= count; i += 16) {
    const __m256i factor = load(factors + i);
    for (int r = 0; r < rows; r++)
      sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(load(row + r * (size_t)count + i), factor));
  }
  if (count & 15)
    for (int r = 0; r < rows; r++)
      sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(load(row + r * (size_t)count + count - 16), last));
  return lanes_added(sums);
}

static bool add_products(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors, uint32_t count) {
  if (count < 16) return false;
  const int16_t *row = (const int16_t *)(memory + matrix), *by = (const int16_t *)(memory + factors);
  int32_t *to = (int32_t *)(memory + sums);
  const __m256i lanes = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m256i done = _mm256_cmpgt_epi16(_mm256_set1_epi16((int16_t)(16 - (count & 15))), lanes);
  const __m256i last = _mm256_andnot_si256(done, load(by + count - 16));
  uint32_t j = 0;
  for (; j + 4 <= n; j += 4, row += 4 * (size_t)count)
    _mm_storeu_si128((__m128i *)(to + j),
                     _mm_add_epi32(_mm_loadu_si128((const __m128i *)(to + j)), products(row, by, count, last, 4)));
  for (; j < n; j++, row += count)
    to[j] = (int32_t)((uint32_t)to[j] + (uint32_t)_mm_cvtsi128_si32(products(row, by, count, last, 1)));
  return true;
}

/* Eight columns at a time, in lanes of 32 bits: none overflows, since the contrasts are narrow. The last columns are the end of
 * eight: those before have no contrasts left, and stay. */
PART void change(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, int32_t *row, const bool more) {
  int16_t *weight = (int16_t *)(memory + weights);
  int32_t *contrast = (int32_t *)(memory + contrasts);
  const int16_t *low = (const int16_t *)(memory + words), *high = (const int16_t *)(memory + words + (uint32_t)row[APART]);
  const uint32_t shift = (uint32_t)row[SHIFT], e = more ? shift - 32 : 0;
  const __m256i factor = _mm256_set1_epi32(more ? row[MANTISSA] : (int32_t)((uint32_t)row[MANTISSA] << (32 - shift)));
  const __m256i times = _mm256_set1_epi32(row[MULTIPLIER]), plus = _mm256_set1_epi32(row[OFFSET]);
  const __m256i least = _mm256_set1_epi32(INT16_MIN), most = _mm256_set1_epi32(INT16_MAX), zero = _mm256_setzero_si256();
  const __m128i count = _mm_cvtsi32_si128((int)e);
  __m256i lows = zero, highs = zero, fitting = zero;
  uint32_t changed_columns = 0;
  for (uint32_t next = 0; next < n; next += 8) {
    const uint32_t j = next + 8 <= n ? next : n - 8;
    const __m256i sum = load(contrast + j);
    if (_mm256_testz_si256(sum, sum)) continue;
    const __m256i lowKey = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(low + j)));
    const __m256i highKey = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(high + j)));
    const __m256i word = _mm256_blend_epi16(lowKey, _mm256_slli_epi32(highKey, 16), 0xaa);
    const __m256i fraction = _mm256_add_epi32(_mm256_mullo_epi32(word, times), plus);
    __m256i even = _mm256_blend_epi32(fraction, zero, 0xaa), odd = _mm256_srli_epi64(fraction, 32);
    if (more) even = _mm256_sll_epi64(even, count), odd = _mm256_sll_epi64(odd, count);
    even = _mm256_add_epi64(even, _mm256_mul_epi32(sum, factor));
    odd = _mm256_add_epi64(odd, _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), factor));
    __m256i changed = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
    if (more) changed = _mm256_sra_epi32(changed, count);
    const __m256i old = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(weight + j)));
    const __m256i wanted = _mm256_add_epi32(old, changed);
    const __m256i clipped = _mm256_min_epi32(_mm256_max_epi32(wanted, least), most);
    const __m256i by = _mm256_sub_epi32(clipped, old);
    fitting = _mm256_sub_epi32(fitting, _mm256_cmpeq_epi32(clipped, wanted));
    changed_columns += 8;
    _mm_storeu_si128((__m128i *)(weight + j),
                     _mm_packs_epi32(_mm256_castsi256_si128(clipped), _mm256_extracti128_si256(clipped, 1)));
    _mm256_storeu_si256((__m256i *)(contrast + j), zero);
    lows = _mm256_add_epi32(lows, _mm256_mullo_epi32(by, lowKey));
    highs = _mm256_add_epi32(highs, _mm256_mullo_epi32(by, highKey));
  }
  const __m256i totals[] = {lows, highs, fitting, zero};
  const __m128i total = lanes_added(totals);
  row[LOW] = (int32_t)((uint32_t)row[LOW] + (uint32_t)_mm_extract_epi32(total, 0));
  row[HIGH] = (int32_t)((uint32_t)row[HIGH] + (uint32_t)_mm_extract_epi32(total, 1));
  row[CLIPPED] += (int32_t)(changed_columns - (uint32_t)_mm_extract_epi32(total, 2));
}

static bool change_vectors(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, uint32_t row) {
  if (n < 8) return false;
  int32_t *told = (int32_t *)(memory + row);
  if (told[SHIFT] <= 32) change(memory, weights, contrasts, words, n, told, false);
  else change(memory, weights, contrasts, words, n, told, true);
  return true;
}

const struct vectors avx2_vectors = {"avx2", processor_has_avx2, add_pairs, add_products, change_vectors};
#endif
