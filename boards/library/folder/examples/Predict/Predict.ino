// Predicts examples that come as lines from the serial port, and prints their class and its score, 0 to 1.
#include <eqprop.hpp>
#include <eqprop_line.h>

static struct eqprop_line line;

void setup() {
  Serial.begin(115200);
  eqprop::begin();
}

void loop() {
  if (Serial.available() <= 0) return;
  const int result = eqprop_line_take(&line, Serial.read());
  if (result == EQPROP_LINE_WHOLE) {
    const int label = eqprop::predict(line.features);
    Serial.print(eqprop::is_sure(label) ? eqprop::class_name(label) : "?");
    Serial.print(' ');
    Serial.println(eqprop::score(label) / (float)eqprop::one, 3);
  }
  if (result == EQPROP_LINE_BAD) Serial.println("this line is no example");
}
