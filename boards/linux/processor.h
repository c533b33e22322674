#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>

/* Names what the kernel was compiled to use and this processor has not; NULL where nothing is missing. */
const char *processor_lacks(void);

/* Tells that the processor has, and the system keeps, vectors of 256 bits: all of x86-64-v3. */
bool processor_has_avx2(void);

/* The same of 512 bits: x86-64-v4 and VNNI. */
bool processor_has_avx512(void);

#endif
