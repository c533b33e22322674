/* Answers as text: included by the main.c alone. */
#ifndef TEXT_H
#define TEXT_H

#include "line.h"

static void say(const char *text) {
  uint32_t length = 0;
  while (text[length]) length++;
  line_write((const uint8_t *)text, length);
}

static void end_answer(void) { say("\r\n"); }

static void tell(const char *text) {
  say(text);
  end_answer();
}

/* `digits` of them at least. */
static void say_digits(uint64_t number, uint32_t base, uint32_t digits) {
  char text[21];
  char *at = text + sizeof text - 1;
  *at = 0;
  for (; number > 0 || digits > 0; number /= base, digits -= digits > 0) *--at = "0123456789abcdef"[number % base];
  say(at);
}

static void say_number(uint32_t number) { say_digits(number, 10, 1); }
static void say_hexadecimal(uint64_t number, uint32_t digits) { say_digits(number, 16, digits); }

static void say_thousandths(uint32_t thousandths) {
  say_number(thousandths / 1000);
  say(".");
  say_digits(thousandths % 1000, 10, 3);
}

#endif
