#include "eqprop_line.h"

#include "eqprop_decimal.h"
#include "eqprop_number.h"

/* Where a word stands that is quoted. */
enum { UNQUOTED, QUOTED, QUOTE_IN_QUOTES, BEHIND_QUOTES };

static void begin(struct eqprop_line *line) {
  line->is_begun = 1;
  line->label = -1;
  line->count = line->length = 0;
  line->is_name = line->is_filled = line->problem = line->quote = 0;
  line->word[0] = 0;
}

static int is_same(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

static int take_name(struct eqprop_line *line) {
  int label = 0;
  while (line->length > 0 && line->word[line->length - 1] == ' ') line->length--;
  line->word[line->length] = 0;
  while (label < EQPROP_CLASSES && !is_same(line->word, eqprop_class_name(label))) label++;
  if (label == EQPROP_CLASSES) return EQPROP_LINE_NO_CLASS;
  if (line->label >= 0) return EQPROP_LINE_TWO_CLASSES;
  line->label = label;
  return 0;
}

static int take_number(struct eqprop_line *line) {
  double value;
  eqprop_feature feature;
  line->word[line->length] = 0;
  if (!read_number(line->word, &value)) return EQPROP_LINE_NO_NUMBER;
  feature = eqprop_decimal(line->count, value);
  if (!EQPROP_SCALED && feature != value) return EQPROP_LINE_NO_BYTE;
  line->features[line->count++] = feature;
  return 0;
}

static void end_word(struct eqprop_line *line) {
  line->quote = UNQUOTED;
  if (line->problem || line->length == 0) return;
  line->problem = (unsigned char)(line->is_name ? take_name(line) : take_number(line));
  line->is_filled = 1;
  line->length = 0;
}

static int begins_number(char character) {
  return is_digit(character) || character == '+' || character == '-' || character == '.';
}

static void add(struct eqprop_line *line, char character) {
  if (line->problem) return;
  if (line->length == 0) line->is_name = line->count == EQPROP_FEATURES || !begins_number(character);
  line->word[line->length] = 0;
  if (!character) line->problem = line->is_name ? EQPROP_LINE_NO_CLASS : EQPROP_LINE_NO_NUMBER;
  else if (line->length == EQPROP_WORD - 1) line->problem = EQPROP_LINE_LONG;
  else line->word[line->length++] = character;
}

static int end_line(struct eqprop_line *line) {
  if (line->quote == QUOTED && !line->problem) line->problem = EQPROP_LINE_QUOTE;
  end_word(line);
  line->is_begun = 0;
  if (line->problem) return EQPROP_LINE_BAD;
  if (line->count == 0 && line->label < 0) return EQPROP_LINE_MORE;
  if (line->count == EQPROP_FEATURES) return EQPROP_LINE_WHOLE;
  line->problem = EQPROP_LINE_FEW;
  return EQPROP_LINE_BAD;
}

/* Takes a character of a quoted word. Returns 0 where the quotes have ended before it. */
static int is_of_quotes(struct eqprop_line *line, int character) {
  if (line->quote == QUOTED) {
    if (character == '"') line->quote = QUOTE_IN_QUOTES;
    else add(line, (char)character);
    return 1;
  }
  if (line->quote == QUOTE_IN_QUOTES) {
    line->quote = character == '"' ? QUOTED : BEHIND_QUOTES;
    if (character == '"') add(line, '"');
    return character == '"';
  }
  if (character != '"' || line->length > 0 || line->quote) return 0;
  line->quote = QUOTED;
  return 1;
}

int eqprop_line_take(struct eqprop_line *line, int character) {
  if (!line->is_begun) begin(line);
  /* No quotes go beyond a line. */
  if (character != '\n' && character != '\r' && is_of_quotes(line, character)) return EQPROP_LINE_MORE;
  switch (character) {
    case '\n':
    case '\r':
      return end_line(line);
    case ',':
    case ';':
    case '\t':
      end_word(line);
      /* A value is missing. */
      if (!line->is_filled && !line->problem) line->problem = EQPROP_LINE_MISSING;
      line->is_filled = 0;
      return EQPROP_LINE_MORE;
    case ' ':
      /* Names have spaces in them. */
      if (line->length == 0) return EQPROP_LINE_MORE;
      if (!line->is_name) end_word(line);
      else if (line->quote != BEHIND_QUOTES) add(line, ' ');
      return EQPROP_LINE_MORE;
    default:
      if (line->quote == BEHIND_QUOTES && !line->problem) line->problem = EQPROP_LINE_QUOTE;
      add(line, (char)character);
      return EQPROP_LINE_MORE;
  }
}
