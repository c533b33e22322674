/* Prints the bits of the double that each line of standard input is, or '-' where it is no number. */
#include <inttypes.h>
#include <stdio.h>

#include "eqprop_number.h"

int main(void) {
  char text[EQPROP_WORD];
  while (scanf("%63s", text) == 1) {
    double value;
    uint64_t bits;
    if (!read_number(text, &value)) {
      puts("-");
      continue;
    }
    memcpy(&bits, &value, sizeof bits);
    printf("%" PRIx64 "\n", bits);
  }
  return 0;
}
