/* e^x = 2^whole · 2^part, with Taylor's polynomial for |part| ≤ ½. */
#include "peer.h"

/* Below, it is less than the smallest normal number. */
#define LEAST -87.f
#define LOG2_E 1.44269504f
#define LN_2 0.693147181f
#define EXPONENT_BIAS 127
#define MANTISSA_BITS 23

float exponential(float x) {
  if (x < LEAST) return 0;
  float powers = x * LOG2_E;
  int32_t whole = (int32_t)(powers - 0.5f);
  float y = (powers - (float)whole) * LN_2;
  union {
    uint32_t bits;
    float value;
  } scale = {.bits = (uint32_t)(whole + EXPONENT_BIAS) << MANTISSA_BITS};
  return scale.value * (1 + y * (1 + y * (1 / 2.f + y * (1 / 6.f + y * (1 / 24.f + y * (1 / 120.f + y / 720.f))))));
}
