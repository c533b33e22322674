/* The system's heap, counted: what an interpreter would take of a board's. */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>

void *counted_malloc(size_t size);
void *counted_calloc(size_t count, size_t size);
void *counted_realloc(void *block, size_t size);
void counted_free(void *block);

/* Most bytes that were taken at a time. */
extern size_t heap_peak;

#endif
