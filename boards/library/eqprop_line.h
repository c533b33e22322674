/*
 * Examples as text, a character at a time. A line has EQPROP_FEATURES numbers, as the training data had them, with commas,
 * semicolons, tabs or spaces between. The name of its class may stand behind them or, where it does not begin as a number
 * does, before them. Any of them may be quoted as in CSV: "left, up" is a name, "" within quotes a quote.
 */
#ifndef EQPROP_LINE_H
#define EQPROP_LINE_H

#include "eqprop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longest number or name, its end counted. */
#define EQPROP_WORD 64

/* The line that is being read: static, or set to zeros, to begin with. */
struct eqprop_line {
  eqprop_feature features[EQPROP_FEATURES];
  /* Class that the line names; -1 where it names none. */
  int label;
  /* The rest is eqprop_line_take()'s own. */
  size_t count;
  size_t length;
  char word[EQPROP_WORD];
  unsigned char is_begun, is_name, is_filled, quote;
  /* Why the line is no example: an eqprop_line_problem. `word` is what is meant, where it is a word, and count the numbers. */
  unsigned char problem;
};

enum eqprop_line_problem {
  EQPROP_LINE_NO_PROBLEM,
  EQPROP_LINE_FEW,
  /* Nothing stands between two commas. */
  EQPROP_LINE_MISSING,
  EQPROP_LINE_NO_NUMBER,
  /* Only where features are not scaled. */
  EQPROP_LINE_NO_BYTE,
  /* Or one number too many. */
  EQPROP_LINE_NO_CLASS,
  EQPROP_LINE_TWO_CLASSES,
  EQPROP_LINE_LONG,
  /* A quote without its end, or something right behind one. */
  EQPROP_LINE_QUOTE
};

enum eqprop_line_result {
  /* The line was no example: too few or too many numbers, something else among them, or a class that there is not. */
  EQPROP_LINE_BAD = -1,
  /* The line goes on, or was empty. */
  EQPROP_LINE_MORE = 0,
  /* The line was whole: features and label stay until the next call. */
  EQPROP_LINE_WHOLE = 1
};

/* Takes a character; a line ends with '\n' or '\r'. Returns an eqprop_line_result. */
int eqprop_line_take(struct eqprop_line *line, int character);

#ifdef __cplusplus
}
#endif

#endif
