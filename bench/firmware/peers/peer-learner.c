/* A peer as a learner: WRITE holds its state, SAMPLE a whole image, TRAIN the samples and the rate. */
#include "learner.h"
#include "peer.h"

#include <string.h>

struct sample {
  uint32_t slot, label;
  uint8_t image[PIXELS];
};

struct train {
  uint32_t samples, rate;
};

void learner_start(void) { peer_start(0); }

void learner_execute(const struct request *r) {
  const void *payload = r->payload;
  if (r->code == CODE_WRITE) memcpy(peer_state(), payload, r->length);
  if (r->code == CODE_SAMPLE) {
    const struct sample *sample = payload;
    memcpy(peer_images[sample->slot], sample->image, PIXELS);
    peer_labels[sample->slot] = (uint8_t)sample->label;
  }
  if (r->code == CODE_TRAIN) {
    const struct train *train = payload;
    peer_train(train->samples, train->rate);
  }
}

/* FNV-1a, a word at a time. */
uint64_t learner_digest(void) {
  const uint32_t *words = peer_state();
  uint64_t digest = 0xcbf29ce484222325u;
  for (uint32_t n = 0; n < peer_state_size() / sizeof *words; n++) digest = (digest ^ words[n]) * 0x100000001b3u;
  return digest;
}

uint32_t learner_bytes(void) { return 0; }
