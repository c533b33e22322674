/* A peer trains 784-HIDDEN-10 by minibatches: the same C on a board, and as WebAssembly on the host. */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#define PIXELS 784
#define CLASSES 10
#ifndef HIDDEN
#define HIDDEN 128
#endif
#ifndef BATCH
#define BATCH 20
#endif

#ifdef __wasm__
#define PEER __attribute__((visibility("default"), used))
#else
#define PEER __attribute__((used))
#endif

/* Limit of Glorot's uniform initial weights between layers of these sizes, rounded: sqrt(6 / (pre + post)). */
#define GLOROT_FIRST 0.0811f
#define GLOROT_SECOND 0.2085f

/* The minibatch, to be filled by whoever trains or asks. */
extern uint8_t peer_images[BATCH][PIXELS], peer_labels[BATCH];
/* Classes, as last predicted. */
extern uint8_t peer_predictions[BATCH];

/* Draws initial weights. */
PEER void peer_start(uint32_t seed);
/* All that training goes on from: parameters, and the state of the random numbers. */
PEER void *peer_state(void);
PEER uint32_t peer_state_size(void);
/* Trains on the first samples of the minibatch; `rate` is of their mean gradient, 24 fractional bits. */
PEER void peer_train(uint32_t samples, uint32_t rate);
/* Predicts the first samples of the minibatch. */
PEER void peer_predict(uint32_t samples);

/* Uniform words, one after another. */
static inline uint32_t next_word(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

/* Uniform in [−limit, limit). */
static inline float next_weight(uint32_t *state, float limit) {
  return (float)((int32_t)next_word(state) >> 8) * (limit / (1 << 23));
}

/* e^x for x ≤ 0, to 2^−18 of itself. */
float exponential(float x);

#endif
