#include "heap.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Before each block: its size. */
typedef struct {
  alignas(max_align_t) size_t size;
} head;

size_t heap_peak;
static size_t heap_used;

void *counted_realloc(void *block, size_t size) {
  head *before = block ? (head *)block - 1 : NULL;
  size_t old = before ? before->size : 0;
  head *after = realloc(before, sizeof(head) + size);
  if (!after) return NULL;
  after->size = size;
  heap_used += size - old;
  if (heap_used > heap_peak) heap_peak = heap_used;
  return after + 1;
}

void *counted_malloc(size_t size) { return counted_realloc(NULL, size); }

void *counted_calloc(size_t count, size_t size) {
  void *block = counted_malloc(count * size);
  return block ? memset(block, 0, count * size) : NULL;
}

void counted_free(void *block) {
  if (!block) return;
  head *before = (head *)block - 1;
  heap_used -= before->size;
  free(before);
}
