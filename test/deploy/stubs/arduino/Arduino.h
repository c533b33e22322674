// Stands in the place of an Arduino core's Arduino.h: a serial port that is standard input and output, and no more.
#pragma once

#include <stdint.h>
#include <stdio.h>

struct SerialStub {
  void begin(unsigned long) {}
  int available() {
    const int next = getchar();
    if (next != EOF) ungetc(next, stdin);
    return next == EOF ? 0 : 1;
  }
  int read() { return getchar(); }
  void print(const char *text) { printf("%s", text); }
  void print(char sign) { printf("%c", sign); }
  void println(const char *text) { printf("%s\n", text); }
  void println(unsigned long number) { printf("%lu\n", number); }
  void println(double number, int digits) { printf("%.*f\n", digits, number); }
};

extern SerialStub Serial;
void setup();
void loop();
