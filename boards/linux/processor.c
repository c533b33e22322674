#include "processor.h"

#include <stddef.h>
#include <stdint.h>

/* VECTORS: the kernel with SIMD, compiled for more than every processor of the kind has. */
#if defined(VECTORS) && defined(__x86_64__)
#include <cpuid.h>

/* Registers whose values the system keeps for each program: those of 256 bits, and of 512. */
#define KEPT_256 0x06u
#define KEPT_512 0xe6u

static bool has_all(uint32_t of, uint32_t wanted) { return (of & wanted) == wanted; }

static bool is_kept(uint32_t wanted) {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return has_all(low, wanted);
}

const char *processor_lacks(void) {
  unsigned a, b, c = 0, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) ? NULL : "SSE4.2";
}

bool processor_has_avx2(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !has_all(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE)) return false;
  if (!is_kept(KEPT_256)) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has_all(b, bit_AVX2 | bit_BMI | bit_BMI2)) return false;
  return __get_cpuid(0x80000001, &a, &b, &c, &d) && has_all(c, bit_LZCNT);
}

bool processor_has_avx512(void) {
  unsigned a, b, c, d;
  return processor_has_avx2() && is_kept(KEPT_512) && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
         has_all(b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL) && has_all(c, bit_AVX512VNNI);
}
#elif defined(VECTORS) && defined(__arm__)
#include <sys/auxv.h>

#define HAS_NEON (1ul << 12)

const char *processor_lacks(void) { return getauxval(AT_HWCAP) & HAS_NEON ? NULL : "NEON"; }
#else
const char *processor_lacks(void) { return NULL; }
#endif
