#include "eqprop_line.h"

#include <stdlib.h>
#include <string.h>

#include "eqprop_decimal.h"

static void begin(struct eqprop_line *line) {
  line->is_begun = 1;
  line->label = -1;
  line->count = line->length = 0;
  line->is_name = line->is_filled = line->is_bad = 0;
}

static void take_name(struct eqprop_line *line) {
  int label = 0;
  while (line->length > 0 && line->word[line->length - 1] == ' ') line->length--;
  line->word[line->length] = 0;
  while (label < EQPROP_CLASSES && strcmp(line->word, eqprop_class_name(label)) != 0) label++;
  if (label == EQPROP_CLASSES || line->label >= 0) line->is_bad = 1;
  else line->label = label;
}

static void take_number(struct eqprop_line *line) {
  char *end;
  double value;
  eqprop_feature feature;
  line->word[line->length] = 0;
  value = strtod(line->word, &end);
  feature = eqprop_decimal(line->count, value);
  if (*end || value - value != 0) line->is_bad = 1;
  if (!EQPROP_SCALED && feature != value) line->is_bad = 1;
  line->features[line->count++] = feature;
}

static void end_word(struct eqprop_line *line) {
  if (line->length == 0) return;
  if (line->is_name) take_name(line);
  else take_number(line);
  line->is_filled = 1;
  line->length = 0;
}

static void add(struct eqprop_line *line, char character) {
  if (line->length == 0) line->is_name = line->count == EQPROP_FEATURES || !strchr("0123456789+-.", character);
  if (line->length == EQPROP_WORD - 1 || !character) line->is_bad = 1;
  else line->word[line->length++] = character;
}

int eqprop_line_take(struct eqprop_line *line, int character) {
  if (!line->is_begun) begin(line);
  switch (character) {
    case '\n':
    case '\r':
      end_word(line);
      line->is_begun = 0;
      if (line->count == 0 && line->label < 0 && !line->is_bad) return EQPROP_LINE_MORE;
      return line->is_bad || line->count != EQPROP_FEATURES ? EQPROP_LINE_BAD : EQPROP_LINE_WHOLE;
    case ',':
    case ';':
    case '\t':
      end_word(line);
      /* A value is missing. */
      if (!line->is_filled) line->is_bad = 1;
      line->is_filled = 0;
      return EQPROP_LINE_MORE;
    case ' ':
      /* Names have spaces in them. */
      if (line->length == 0) return EQPROP_LINE_MORE;
      if (line->is_name) add(line, ' ');
      else end_word(line);
      return EQPROP_LINE_MORE;
    default:
      add(line, (char)character);
      return EQPROP_LINE_MORE;
  }
}
