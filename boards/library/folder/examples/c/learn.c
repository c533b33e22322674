/*
 * Learns from the lines of standard input that name their class, and predicts the others. A file, if one is named, keeps what
 * has been learnt: it is restored from there, and saved to it at the end, beside it first: there is always a whole one.
 */
#include <stdio.h>

#include "eqprop.h"
#include "eqprop_line.h"

static struct eqprop_line line;
static unsigned long number = 1;

static void answer(void) {
  const int label = eqprop_predict(line.features, EQPROP_FEATURES);
  const char *name = eqprop_is_sure(label) ? eqprop_class_name(label) : "?";
  printf("%s %.3f\n", name, eqprop_score(label) / (double)EQPROP_ONE);
}

static void learn(void) {
  if (eqprop_learn(line.features, EQPROP_FEATURES, line.label) == 1)
    printf("learnt minibatch %lu\n", (unsigned long)eqprop_step());
}

static int write_file(void *file, uint32_t offset, const void *bytes, uint32_t count) {
  return fseek(file, (long)offset, SEEK_SET) || fwrite(bytes, 1, count, file) != count;
}

static int read_file(void *file, uint32_t offset, void *bytes, uint32_t count) {
  return fseek(file, (long)offset, SEEK_SET) || fread(bytes, 1, count, file) != count;
}

static int restore(const char *name) {
  FILE *file = fopen(name, "rb");
  int error;
  /* Nothing was saved yet. */
  if (!file) return 0;
  error = eqprop_restore(read_file, file);
  fclose(file);
  return error;
}

static int save_beside(const char *name) {
  FILE *file = fopen(name, "wb");
  int error;
  if (!file) return EQPROP_BAD_STORAGE;
  error = eqprop_save(write_file, file);
  return fclose(file) ? EQPROP_BAD_STORAGE : error;
}

static int save(const char *name) {
  char beside[FILENAME_MAX];
  const int length = snprintf(beside, sizeof beside, "%s.new", name);
  int error;
  if (length < 0 || (size_t)length >= sizeof beside) return EQPROP_BAD_STORAGE;
  error = save_beside(beside);
  if (error) return error;
  if (!rename(beside, name)) return 0;
  /* Windows takes no name that is in use. */
  remove(name);
  return rename(beside, name) ? EQPROP_BAD_STORAGE : 0;
}

int main(int count, char **words) {
  const char *const name = count > 1 ? words[1] : NULL;
  int error = eqprop_begin();
  int character;
  if (name && !error) error = restore(name);
  if (error) {
    fprintf(stderr, "restoring %s failed: eqprop_error %d\n", name, error);
    return 1;
  }
  do {
    character = getchar();
    switch (eqprop_line_take(&line, character == EOF ? '\n' : character)) {
      case EQPROP_LINE_WHOLE:
        if (line.label < 0) answer();
        else learn();
        break;
      case EQPROP_LINE_BAD:
        fprintf(stderr, "line %lu is no example: one has %d numbers\n", number, EQPROP_FEATURES);
        break;
    }
    if (character == '\n') number++;
  } while (character != EOF);
  if (name) error = save(name);
  if (error) fprintf(stderr, "saving %s failed: eqprop_error %d\n", name, error);
  return error != 0;
}
