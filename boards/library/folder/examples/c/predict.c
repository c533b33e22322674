/* Predicts examples from standard input, a line each, and prints their class and its score. */
#include <stdio.h>

#include "eqprop.h"
#include "eqprop_line.h"

static struct eqprop_line line;
static unsigned long number = 1;

static void answer(void) {
  const int label = eqprop_predict(line.features, EQPROP_FEATURES);
  const char *name = eqprop_is_sure(label) ? eqprop_class_name(label) : "?";
  printf("%s %.3f\n", name, eqprop_score(label) / (double)EQPROP_ONE);
}

int main(void) {
  int character;
  eqprop_begin();
  do {
    character = getchar();
    switch (eqprop_line_take(&line, character == EOF ? '\n' : character)) {
      case EQPROP_LINE_WHOLE: answer(); break;
      case EQPROP_LINE_BAD:
        fprintf(stderr, "line %lu is no example: one has %d numbers\n", number, EQPROP_FEATURES);
        break;
    }
    if (character == '\n') number++;
  } while (character != EOF);
  return 0;
}
