/* A learner behind requests, as learning-main.c runs it. */
#ifndef LEARNER_H
#define LEARNER_H

#include <stdint.h>

/* CODE_…, the wire's. */
#include "codes.h"

struct request {
  uint32_t code, length;
  /* Padded to whole words. */
  uint8_t payload[];
};

void learner_start(void);
void learner_execute(const struct request *);
/* The digest of all parameters. */
uint64_t learner_digest(void);
/* Bytes of memory in use beside the firmware's variables and the stack. */
uint32_t learner_bytes(void);

#endif
