/* Answers as text: included by the main.c alone. */
#ifndef TEXT_H
#define TEXT_H

#include "eqprop.h"
#include "line.h"
#include "restart.h"

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

/* Tells a cause_of_restart(), but for 0. */
static void tell_restart(uint32_t cause) {
  if (!cause) return;
  say("! started anew after fault ");
  say_number(cause);
  say(" at ");
  say_hexadecimal(fault_place, 8);
  end_answer();
  fault_mark = 0;
}

/* Class and score of a prediction, in thousandths, halves rounded up; '?' where it is not sure. */
static void say_answer(int label, int32_t score) {
  say(eqprop_is_sure(label) ? eqprop_class_name(label) : "?");
  say(" ");
  say_thousandths((uint32_t)(((uint64_t)(uint32_t)score * 2000 + EQPROP_ONE) / (2 * (uint64_t)EQPROP_ONE)));
  end_answer();
}

#endif
