/* The same loops by the core's own forms of the kernel's primitives, and what else its instructions give. */
#include "core-forms.h"

typedef uint32_t __attribute__((aligned(4), may_alias)) word_of_pixels;

/* Rows of weights or errors on their way to the core's loop, which takes four at a time and counts addresses from zero. */
struct gathered {
  uint32_t rows[4] __attribute__((aligned(8)));
  int16_t scales[4] __attribute__((aligned(8)));
  uint32_t count;
};

static __attribute__((noinline)) void add_gathered(struct gathered *g, int32_t *sums, uint32_t n) {
  uint8_t *memory;
  /* An address that the compiler does not know to be that of nothing. */
  __asm__("" : "=r"(memory) : "0"(0));
  core_addRows(memory, (uint32_t)sums, n, (uint32_t)g->rows, (uint32_t)g->scales, g->count);
  g->count = 0;
}

static inline void gather(struct gathered *g, int32_t *sums, uint32_t n, const int16_t *row, int32_t scale) {
  g->rows[g->count] = (uint32_t)row;
  g->scales[g->count] = (int16_t)scale;
  if (++g->count == 4) add_gathered(g, sums, n);
}

/* Dark pixels are passed over four at a time, a word of them being zero. */
static void add_lit_rows(int32_t *sums, const uint8_t *image) {
  struct gathered g = {.count = 0};
  const word_of_pixels *words = (const word_of_pixels *)image;
  for (int i = 0; i < PIXELS; i++) {
    if (i % 4 == 0 && words[i / 4] == 0) i += 3;
    else if (image[i] != 0) gather(&g, sums, HIDDEN, net.first[i], image[i] << (STATE_BITS - PIXEL_BITS));
  }
  if (g.count > 0) add_gathered(&g, sums, HIDDEN);
}

/* Beginning with gradients of zero, as descend() leaves them. */
static int sum_errors(int32_t *gradients, int i, int samples) {
  struct gathered g = {.count = 0};
  int lit = 0;
  for (int s = 0; s < samples; s++) {
    int32_t pixel = peer_images[s][i];
    if (pixel == 0) continue;
    lit = 1;
    gather(&g, gradients, HIDDEN, hidden_errors[s], pixel);
  }
  if (g.count > 0) add_gathered(&g, gradients, HIDDEN);
  return lit;
}

/* gradient · rate + fraction, without its last `shift` bits; `word` has the fraction in its uppermost ones. */
static inline int32_t rounded(int32_t gradient, int32_t rate, uint32_t word, int shift) {
#if __ARM_ARCH_ISA_THUMB == 1
  /* In 32 bits: products of 64 bits are calls. What a product has below 2¹⁶ only decides on a carry. */
  uint32_t fraction = word >> (32 - shift);
  uint32_t carried = ((uint32_t)(uint16_t)gradient * (uint32_t)rate + (uint16_t)fraction) >> 16;
  return ((gradient >> 16) * rate + (int32_t)carried + (int32_t)(fraction >> 16)) >> (shift - 16);
#else
  /* The product's upper word: what the word has below the fraction carries nothing. */
  return (int32_t)(((int64_t)gradient * (rate << (32 - shift)) + word) >> 32);
#endif
}

static inline int32_t clip(int32_t weight) {
#ifdef __ARM_FEATURE_SAT
  int32_t clipped;
  __asm__("ssat %0, #16, %1" : "=r"(clipped) : "r"(weight));
  return clipped;
#else
  if (__builtin_expect(weight != (int16_t)weight, 0)) return weight < 0 ? INT16_MIN : INT16_MAX;
  return weight;
#endif
}

static void descend(int16_t *weights, int32_t *gradients, int n, int32_t rate, int shift) {
  uint32_t random = net.random;
  for (int j = 0; j < n; j++) {
    uint32_t word = next_word(&random);
    int32_t gradient = gradients[j];
    if (gradient == 0) continue;
    gradients[j] = 0;
    weights[j] = (int16_t)clip(weights[j] - rounded(gradient, rate, word, shift));
  }
  net.random = random;
}
