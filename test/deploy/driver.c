/* Calls a deployed library as its standard input says, and answers a line a call. */
#include <stdio.h>
#include <string.h>

#include "eqprop.h"

static eqprop_feature features[EQPROP_FEATURES + 1];

static void read_features(void) {
  if (fread(features, sizeof *features, EQPROP_FEATURES, stdin) != EQPROP_FEATURES) printf("short\n");
}

static void predict(void) {
  int label;
  read_features();
  label = eqprop_predict(features, EQPROP_FEATURES);
  printf("%d", label);
  for (int k = 0; k < EQPROP_CLASSES; k++) printf(" %ld", (long)eqprop_score(k));
  printf("\n");
}

static void stand(void) {
  printf("%lu %08lx%08lx\n", (unsigned long)eqprop_step(), (unsigned long)(eqprop_digest() >> 32),
         (unsigned long)(eqprop_digest() & 0xffffffff));
}

#if EQPROP_LEARNS
static unsigned char saved[EQPROP_SAVED_BYTES], other[EQPROP_SAVED_BYTES];
static long calls_left = -1;

static int fails(void) { return calls_left == 0 || (calls_left > 0 && --calls_left == 0); }

static int put(void *to, uint32_t offset, const void *bytes, uint32_t count) {
  if (fails() || offset + count > EQPROP_SAVED_BYTES) return 1;
  memcpy((unsigned char *)to + offset, bytes, count);
  return 0;
}

static int get(void *from, uint32_t offset, void *bytes, uint32_t count) {
  if (fails() || offset + count > EQPROP_SAVED_BYTES) return 1;
  memcpy(bytes, (unsigned char *)from + offset, count);
  return 0;
}

static void print_saved(void) {
  for (uint32_t k = 0; k < EQPROP_SAVED_BYTES; k++) printf("%02x", saved[k]);
  printf("\n");
}

/* Restores what was saved with each byte changed in turn; says how often that was refused, and whether anything changed. */
static void damage(void) {
  const unsigned long long before = eqprop_digest();
  unsigned long refused = 0, held = 0;
  for (uint32_t k = 0; k < EQPROP_SAVED_BYTES; k++) {
    memcpy(other, saved, sizeof saved);
    other[k] ^= 1 << k % 8;
    refused += eqprop_restore(get, other) < 0;
    held += eqprop_digest() == before;
  }
  printf("%lu %lu of %lu\n", refused, held, (unsigned long)EQPROP_SAVED_BYTES);
}
#endif

int main(void) {
  for (int command = getchar(); command != EOF; command = getchar()) {
    switch (command) {
      case 'b': printf("%d\n", eqprop_begin()); break;
      case 'p': predict(); break;
      case 'd': stand(); break;
      case 'w': printf("%d\n", eqprop_predict(features, EQPROP_FEATURES + 1)); break;
      case 'n': {
        const int label = getchar() - 1;
        printf("%s|%ld\n", eqprop_class_name(label), (long)eqprop_score(label));
        break;
      }
      case 'f': printf("%d\n", eqprop_fraction((size_t)getchar())); break;
#if EQPROP_LEARNS
      case 'l': {
        const int label = getchar() - 1;
        read_features();
        printf("%d\n", eqprop_learn(features, EQPROP_FEATURES, label));
        break;
      }
      case 's': printf("%d\n", eqprop_save(put, saved)); break;
      case 'r': printf("%d\n", eqprop_restore(get, saved)); break;
      case 'x': calls_left = getchar(); printf("%ld\n", calls_left); break;
      case 'y': calls_left = -1; printf("-1\n"); break;
      case 'o': saved[getchar()] ^= 0x55; printf("changed\n"); break;
      case 'z': damage(); break;
      case 'k': printf("%d\n", eqprop_check(get, saved)); break;
      case 'g': print_saved(); break;
      case 'i': printf("%lu\n", (unsigned long)fread(saved, 1, EQPROP_SAVED_BYTES, stdin)); break;
#endif
      default: printf("what is %c?\n", command);
    }
  }
  return 0;
}
