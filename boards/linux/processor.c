#include "processor.h"

#include <stddef.h>

/* VECTORS: the kernel with SIMD, compiled for more than every processor of the kind has. */
#if defined(VECTORS) && defined(__x86_64__)
#include <cpuid.h>

const char *processor_lacks(void) {
  unsigned a, b, c = 0, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) ? NULL : "SSE4.2";
}
#elif defined(VECTORS) && defined(__arm__)
#include <sys/auxv.h>

#define HAS_NEON (1ul << 12)

const char *processor_lacks(void) { return getauxval(AT_HWCAP) & HAS_NEON ? NULL : "NEON"; }
#else
const char *processor_lacks(void) { return NULL; }
#endif
