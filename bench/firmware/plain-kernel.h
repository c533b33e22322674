/* Equilibrium propagation as one would write it in C by hand: what the kernel's speed is measured against. */
#ifndef PLAIN_KERNEL_H
#define PLAIN_KERNEL_H

#include <stdint.h>

/* Requests as they travel (host/wire/schema.ts). */
struct configure {
  uint32_t seed;
  uint16_t epsilon, nudge, free_iterations, nudged_iterations, batch, noise, margin, input_pull;
  uint8_t state_fraction, relaxation, rounding, options, input_scale, layers, connections, shift, noise_form, padding;
  /* Records of the layers; those of the connections follow. Here layers are vectors, and all weights have as many fractional bits. */
  struct layer_record {
    uint16_t channels, rows, columns, padding;
  } records[];
};

struct connection_record {
  uint8_t kind, pre, post, fraction;
  uint16_t words[7];
};

struct sample {
  uint16_t slot, label;
  uint8_t image[];
};

struct evaluate {
  uint16_t iterations, samples;
};

struct train {
  uint32_t step;
  uint16_t samples, nudging;
  /* Gains of the connections, their decays, gains of the biases. */
  uint32_t rates[];
};

/* Lays the network out from `memory`, aligned to 8, on; returns the end. */
uint8_t *plain_configure(const struct configure *, uint8_t *memory);
/* A limit a connection. Returns the digest of the parameters. */
uint64_t plain_initialise(const uint32_t *limits);
/* `length` of the packed image. */
void plain_sample(const struct sample *, int length);
/* Returns the digest of the states. */
uint64_t plain_evaluate(const struct evaluate *);

struct digests {
  uint64_t states, weights;
};
struct digests plain_train(const struct train *);

/* Iterations so far. */
extern uint32_t plain_iterations;
/* Products of drives and contrasts so far, where COUNT_PRODUCTS says to count them. */
extern uint32_t plain_products;

#endif
