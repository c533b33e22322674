#include "vectors.h"

/* 128 bits, as the kernel's own, by what WebAssembly has not: products that are added up at once, rows as they lie. */
#if defined(FORMS) && defined(__aarch64__)
#include <arm_neon.h>
#include <stddef.h>

#define PART static inline __attribute__((always_inline))

static bool is_there(void) { return true; }

/* A block of vectors of eight columns, of which the first `done` are left as they are. */
PART void add_block(uint8_t *memory, uint32_t sums, uint32_t from, const uint32_t *rows, const int16_t *scales, uint32_t count, uint32_t first,
                    const int width, int done) {
  int32x4_t low[6], high[6];
  for (int v = 0; v < width; v++) low[v] = high[v] = vdupq_n_s32(0);
  for (uint32_t k = 0; k < count; k++) {
    const int16_t *row = (const int16_t *)(memory + rows[k]) + from + first;
    const int16x8_t scale = vdupq_n_s16(scales[k]);
    for (int v = 0; v < width; v++) {
      const int16x8_t values = vld1q_s16(row + 8 * v);
      low[v] = vmlal_s16(low[v], vget_low_s16(values), vget_low_s16(scale));
      high[v] = vmlal_high_s16(high[v], values, scale);
    }
  }
  static const int32_t lanes[] = {0, 1, 2, 3, 4, 5, 6, 7};
  int32_t *to = (int32_t *)(memory + sums) + first;
  for (int v = 0; v < width; v++, to += 8) {
    if (done > 0) {
      low[v] = vandq_s32(low[v], vreinterpretq_s32_u32(vcgeq_s32(vld1q_s32(lanes), vdupq_n_s32(done))));
      high[v] = vandq_s32(high[v], vreinterpretq_s32_u32(vcgeq_s32(vld1q_s32(lanes + 4), vdupq_n_s32(done))));
    }
    vst1q_s32(to, vaddq_s32(vld1q_s32(to), low[v]));
    vst1q_s32(to + 4, vaddq_s32(vld1q_s32(to + 4), high[v]));
  }
}

static bool add_pairs(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n, uint32_t rows, uint32_t scales, uint32_t pairs) {
  if (n < 8) return false;
  const uint32_t *at = (const uint32_t *)(memory + rows);
  const int16_t *by = (const int16_t *)(memory + scales);
  uint32_t first = 0;
  for (; first + 48 <= n; first += 48) add_block(memory, sums, from, at, by, 2 * pairs, first, 6, 0);
  for (; first + 16 <= n; first += 16) add_block(memory, sums, from, at, by, 2 * pairs, first, 2, 0);
  if (first + 8 <= n) add_block(memory, sums, from, at, by, 2 * pairs, first, 1, 0), first += 8;
  /* The last columns are the end of eight that overlap those before. */
  if (first < n) add_block(memory, sums, from, at, by, 2 * pairs, n - 8, 1, (int)(first + 8 - n));
  return true;
}

/* Sums of a row or four. The last factors are the end of eight, of which those before are made zero. */
PART int32x4_t products(const int16_t *row, const int16_t *factors, uint32_t count, int16x8_t last, const int rows) {
  int32x4_t low[4], high[4];
  for (int r = 0; r < 4; r++) low[r] = high[r] = vdupq_n_s32(0);
  for (uint32_t i = 0; i + 8 <= count; i += 8) {
    const int16x8_t factor = vld1q_s16(factors + i);
    for (int r = 0; r < rows; r++) {
      const int16x8_t values = vld1q_s16(row + r * (size_t)count + i);
      low[r] = vmlal_s16(low[r], vget_low_s16(values), vget_low_s16(factor));
      high[r] = vmlal_high_s16(high[r], values, factor);
    }
  }
  if (count & 7)
    for (int r = 0; r < rows; r++) {
      const int16x8_t values = vld1q_s16(row + r * (size_t)count + count - 8);
      low[r] = vmlal_s16(low[r], vget_low_s16(values), vget_low_s16(last));
      high[r] = vmlal_high_s16(high[r], values, last);
    }
  for (int r = 0; r < 4; r++) low[r] = vaddq_s32(low[r], high[r]);
  return vpaddq_s32(vpaddq_s32(low[0], low[1]), vpaddq_s32(low[2], low[3]));
}

static bool add_products(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors, uint32_t count) {
  if (count < 8) return false;
  static const int16_t lanes[] = {0, 1, 2, 3, 4, 5, 6, 7};
  const int16_t *row = (const int16_t *)(memory + matrix), *by = (const int16_t *)(memory + factors);
  int32_t *to = (int32_t *)(memory + sums);
  const uint16x8_t left = vcgeq_s16(vld1q_s16(lanes), vdupq_n_s16((int16_t)(8 - (count & 7))));
  const int16x8_t last = vandq_s16(vld1q_s16(by + count - 8), vreinterpretq_s16_u16(left));
  uint32_t j = 0;
  for (; j + 4 <= n; j += 4, row += 4 * (size_t)count)
    vst1q_s32(to + j, vaddq_s32(vld1q_s32(to + j), products(row, by, count, last, 4)));
  for (; j < n; j++, row += count)
    to[j] = (int32_t)((uint32_t)to[j] + (uint32_t)vgetq_lane_s32(products(row, by, count, last, 1), 0));
  return true;
}

const struct vectors neon_vectors = {"neon", is_there, add_pairs, add_products, NULL};
#endif
