/* Prints what eqprop_decimal() makes of each number of standard input, for every feature. */
#include <stdio.h>

#include "eqprop_decimal.h"

int main(void) {
  double reading;
  while (scanf("%lf", &reading) == 1)
    for (size_t f = 0; f < EQPROP_FEATURES; f++) printf("%ld\n", (long)eqprop_decimal(f, reading));
  return 0;
}
