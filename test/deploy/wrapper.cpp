// Uses all of eqprop.hpp, and prints what each call gave.
#include "eqprop.hpp"

#include <stdio.h>
#include <string.h>

static eqprop::Features example;

#if EQPROP_LEARNS
struct Bytes {
  unsigned char bytes[EQPROP_SAVED_BYTES];
  bool is_broken;
  bool write(uint32_t offset, const void *from, uint32_t count) {
    if (is_broken || offset + count > sizeof bytes) return false;
    memcpy(bytes + offset, from, count);
    return true;
  }
  bool read(uint32_t offset, void *to, uint32_t count) const {
    if (is_broken || offset + count > sizeof bytes) return false;
    memcpy(to, bytes + offset, count);
    return true;
  }
};

static Bytes kept;
#endif

int main() {
  printf("%d\n", eqprop::predict(example));
  printf("%d\n", eqprop::begin());
  for (size_t f = 0; f < EQPROP_FEATURES; f++) example[f] = eqprop::decimal(f, 0.5 * static_cast<double>(f));
  const int label = eqprop::predict(example);
  printf("%d\n", label == eqprop::predict(example, EQPROP_FEATURES));
  printf("%d\n", eqprop::predict(example, 1));
  printf("%d %d\n", eqprop::score(label) <= eqprop::one, eqprop::class_name(label) == eqprop_class_name(label));
  const uint64_t before = eqprop::digest();
#if EQPROP_LEARNS
  printf("%d\n", eqprop::save(kept));
  const uint32_t step = eqprop::step();
  int learnt = 0;
  while (learnt == 0) learnt = eqprop::learn(example, label);
  printf("%d\n", learnt);
  printf("%d\n", eqprop::learn(example, EQPROP_FEATURES, EQPROP_CLASSES));
  printf("%u %d\n", static_cast<unsigned>(eqprop::step() - step), eqprop::digest() != before);
  printf("%d\n", eqprop::restore(kept));
  printf("%d\n", eqprop::digest() == before);
  kept.is_broken = true;
  printf("%d\n", eqprop::restore(kept));
  printf("%d\n", eqprop::save(kept));
#endif
  printf("%d\n", eqprop::digest() == before);
}
