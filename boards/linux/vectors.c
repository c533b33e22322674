#include "vectors.h"

#include <stddef.h>
#include <string.h>

static bool is_everywhere(void) { return true; }

static const struct vectors own_vectors = {"kernel", is_everywhere, NULL, NULL, NULL};

/* The widest first. */
static const struct vectors *const all[] = {
#if defined(FORMS) && defined(__x86_64__)
    &avx512_vectors,
    &avx2_vectors,
#elif defined(FORMS) && defined(__aarch64__)
    &neon_vectors,
#endif
    &own_vectors,
};
#define COUNT (sizeof all / sizeof *all)

const struct vectors *vectors = &own_vectors;

bool vectors_choose(const char *name, char *known, size_t size) {
  known[0] = '\0';
  for (size_t i = 0; i < COUNT; i++) {
    if (!all[i]->is_there()) continue;
    if (!name || strcmp(name, all[i]->name) == 0) return vectors = all[i], true;
    if (*known) strncat(known, ", ", size - strlen(known) - 1);
    strncat(known, all[i]->name, size - strlen(known) - 1);
  }
  return false;
}
