// Learns from lines of the serial port that name their class, and predicts the others.
#include <eqprop.hpp>
#include <eqprop_line.h>

static struct eqprop_line line;

void setup() {
  Serial.begin(115200);
  eqprop::begin();
}

void learn() {
  if (eqprop::learn(line.features, line.label) != 1) return;
  Serial.print("learnt minibatch ");
  Serial.println(eqprop::step());
}

void predict() {
  const int label = eqprop::predict(line.features);
  Serial.print(eqprop::is_sure(label) ? eqprop::class_name(label) : "?");
  Serial.print(' ');
  Serial.println(eqprop::score(label) / (float)eqprop::one, 3);
}

void loop() {
  if (Serial.available() <= 0) return;
  switch (eqprop_line_take(&line, Serial.read())) {
    case EQPROP_LINE_WHOLE:
      if (line.label < 0) predict();
      else learn();
      break;
    case EQPROP_LINE_BAD:
      Serial.println("this line is no example");
      break;
  }
}
