#include <Arduino.h>

SerialStub Serial;

int main() {
  setup();
  while (Serial.available()) loop();
}
