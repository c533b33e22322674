/* The kernel's calls of the processor's own forms. */
#include "vectors.h"

static bool core_addStatePairs(uint8_t *memory, uint32_t sums, uint32_t from, uint32_t n, uint32_t rows, uint32_t scales,
                               uint32_t pairs) {
  return vectors->pairs && vectors->pairs(memory, sums, from, n, rows, scales, pairs);
}

static bool core_sumProducts(uint8_t *memory, uint32_t sums, uint32_t n, uint32_t matrix, uint32_t factors, uint32_t count) {
  return vectors->products && vectors->products(memory, sums, n, matrix, factors, count);
}

static bool core_changeVectors(uint8_t *memory, uint32_t weights, uint32_t contrasts, uint32_t words, uint32_t n, uint32_t row) {
  return vectors->changes && vectors->changes(memory, weights, contrasts, words, n, row);
}
