/* Features with a decimal point. Floats are used here alone, by whoever calls this. */
#ifndef EQPROP_DECIMAL_H
#define EQPROP_DECIMAL_H

#include "eqprop.h"

/* A reading as the training data had it, as the whole number that feature f is: rounded, and clipped to what there is. */
static inline eqprop_feature eqprop_decimal(size_t f, double reading) {
#if EQPROP_SCALED
  int32_t whole;
  int fraction = eqprop_fraction(f);
  for (; fraction > 0; fraction--) reading *= 2;
  for (; fraction < 0; fraction++) reading /= 2;
  reading += 0.5;
  if (!(reading > -2147483648.0)) return -2147483647 - 1;
  if (reading >= 2147483647.0) return 2147483647;
  whole = (int32_t)reading;
  return whole > reading ? whole - 1 : whole;
#else
  (void)f;
  if (!(reading > 0)) return 0;
  return reading >= 255 ? 255 : (eqprop_feature)reading;
#endif
}

#endif
