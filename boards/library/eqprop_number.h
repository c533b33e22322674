/* Decimal numbers as text. In place of strtod(), which firmware lacks, and which elsewhere follows a country's comma. */
#ifndef EQPROP_NUMBER_H
#define EQPROP_NUMBER_H

#include <string.h>

#include "eqprop_line.h"

/* A number of as many words, the lowest first. Behind its point there are enough that what is divided keeps a double's digits. */
#define NUMBER_WORDS 32u
#define WORDS_TO_DIVIDE 25u
#define WORDS_TO_ROUND 2u
/* Beyond: 0 to whoever scales it, or more than there is. */
#define LEAST_POWER (-220)
#define MOST_POWER 200
#define TOO_LARGE 309

static void multiply(uint32_t *words, uint32_t factor, uint32_t added) {
  uint64_t carry = added;
  for (uint32_t k = 0; k < NUMBER_WORDS; k++, carry >>= 32) words[k] = (uint32_t)(carry += (uint64_t)words[k] * factor);
}

/* Returns what remains. */
static uint32_t divide(uint32_t *words, uint32_t divisor) {
  uint64_t rest = 0;
  for (uint32_t k = NUMBER_WORDS; k--;) {
    rest = rest << 32 | words[k];
    words[k] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  return (uint32_t)rest;
}

static uint32_t bit_at(const uint32_t *words, uint32_t at) { return words[at / 32] >> at % 32 & 1; }

/* Nearest double to words · 2^power, the even one of two; `is_more`: to a little more. */
static double nearest(const uint32_t *words, int is_more, int power) {
  uint32_t top = 32 * NUMBER_WORDS - 1;
  uint64_t digits = 0;
  double value;
  while (top > 53 && !bit_at(words, top)) top--;
  for (uint32_t k = 0; k < 53; k++) digits = digits << 1 | bit_at(words, top - k);
  for (uint32_t k = 0; k < top - 53; k++) is_more |= (int)bit_at(words, k);
  if (bit_at(words, top - 53) && (is_more || digits & 1)) digits++;
  value = (double)digits;
  for (power += (int)top - 52; power >= 32; power -= 32) value *= 4294967296.0;
  for (; power <= -32; power += 32) value /= 4294967296.0;
  for (; power > 0; power--) value *= 2;
  for (; power < 0; power++) value /= 2;
  return value;
}

/* digits · 10^power, of a text's digits. */
static double nearest_decimal(const char *text, int power) {
  const uint32_t fraction = power < 0 ? WORDS_TO_DIVIDE : WORDS_TO_ROUND;
  uint32_t words[NUMBER_WORDS] = {0};
  int is_more = 0;
  for (; *text && *text != 'e' && *text != 'E'; text++)
    if (*text >= '0' && *text <= '9') multiply(words, 10, (uint32_t)(*text - '0'));
  for (; power > 0; power--) multiply(words, 10, 0);
  memmove(words + fraction, words, (NUMBER_WORDS - fraction) * sizeof *words);
  memset(words, 0, fraction * sizeof *words);
  for (; power <= -9; power += 9) is_more |= divide(words, 1000000000) != 0;
  for (; power < 0; power++) is_more |= divide(words, 10) != 0;
  return nearest(words, is_more, -32 * (int)fraction);
}

static int is_digit(char character) { return character >= '0' && character <= '9'; }

/* Reads up to EQPROP_WORD − 1 characters, all of them, as the nearest double. Returns whether they are a number. */
static int read_number(const char *text, double *value) {
  const int is_negative = *text == '-';
  const char *at = text + (*text == '-' || *text == '+');
  const char *const digits = at;
  uint64_t small = 0;
  int count = 0, places = 0, power = 0, is_seen = 0, is_long = 0;
  for (int is_fraction = 0; is_digit(*at) || (*at == '.' && !is_fraction); at++) {
    if (*at == '.') {
      is_fraction = 1;
      continue;
    }
    is_seen = 1;
    if (small > 0 || *at != '0') count++;
    if (small > ((uint64_t)1 << 53) / 10 - 1) is_long = 1;
    else small = small * 10 + (uint64_t)(*at - '0');
    places += is_fraction;
  }
  if (!is_seen) return 0;
  if (*at == 'e' || *at == 'E') {
    const int is_below = *++at == '-';
    if (*at == '-' || *at == '+') at++;
    if (!is_digit(*at)) return 0;
    for (; is_digit(*at); at++)
      if (power < 10000) power = power * 10 + (*at - '0');
    if (is_below) power = -power;
  }
  power -= places;
  if (*at || (count > 0 && count + power > TOO_LARGE)) return 0;
  *value = (double)small;
  if (count == 0 || count + power < LEAST_POWER) *value = 0;
  else if (!is_long && power >= -22 && power <= 22) {
    double scale = 1;
    /* Both are exact, and the result is rounded once. */
    for (int k = 0; k < power || k < -power; k++) scale *= 10;
    *value = power < 0 ? *value / scale : *value * scale;
  } else *value = nearest_decimal(digits, power > MOST_POWER ? MOST_POWER : power < LEAST_POWER ? LEAST_POWER : power);
  if (is_negative) *value = -*value;
  return 1;
}

#endif
