/* Backpropagation as one writes it by hand for a core without an FPU. Weights are 16-bit integers, updates are rounded
 * stochastically, ReLU, softmax and cross-entropy; zero pixels and zero activations are skipped. */
#include "peer.h"

#include <string.h>

/* Fractional bits. */
#define PIXEL_BITS 8
#define STATE_BITS 12
#define WEIGHT_BITS 14
#define SUM_BITS (STATE_BITS + WEIGHT_BITS)
#define RATE_BITS 16
/* Activations end below 4: four products of them and weights fit 32 bits with room for what came before. */
#define MOST_STATE ((4 << STATE_BITS) - 1)

/* e^(−n / 64), 15 fractional bits: below e^−8 it is as good as nothing. */
#define STEPS_BITS 6
#define STEPS (8 << STEPS_BITS)
/* e^(−1 / 64), 32 fractional bits. */
#define STEP_FACTOR 4228380000u

static struct {
  int16_t first[PIXELS][HIDDEN], second[HIDDEN][CLASSES];
  int32_t first_biases[HIDDEN], second_biases[CLASSES];
  uint32_t random;
} net;

uint8_t peer_images[BATCH][PIXELS] __attribute__((aligned(4)));
uint8_t peer_labels[BATCH], peer_predictions[BATCH];
static int16_t hidden[BATCH][HIDDEN], hidden_errors[BATCH][HIDDEN], output_errors[BATCH][CLASSES];
static uint16_t exponentials[STEPS];

void *peer_state(void) { return &net; }
uint32_t peer_state_size(void) { return sizeof net; }

static int16_t draw(float limit) { return (int16_t)(next_weight(&net.random, limit) * (1 << WEIGHT_BITS)); }

void peer_start(uint32_t seed) {
  memset(&net, 0, sizeof net);
  net.random = seed;
  for (int i = 0; i < PIXELS; i++)
    for (int j = 0; j < HIDDEN; j++) net.first[i][j] = draw(GLOROT_FIRST);
  for (int j = 0; j < HIDDEN; j++)
    for (int k = 0; k < CLASSES; k++) net.second[j][k] = draw(GLOROT_SECOND);
}

#ifdef OWN_FORMS
#include "int16-own-loops.h"
#else
#include "int16-plain-loops.h"
#endif

/* --- Forward --- */

static void forward(const uint8_t *image, int16_t *states, int32_t *outputs) {
  int32_t sums[HIDDEN];
  memcpy(sums, net.first_biases, sizeof sums);
  add_lit_rows(sums, image);
  memcpy(outputs, net.second_biases, sizeof net.second_biases);
  for (int j = 0; j < HIDDEN; j++) {
    int32_t state = sums[j] >> WEIGHT_BITS;
    if (state < 0) state = 0;
    if (state > MOST_STATE) state = MOST_STATE;
    states[j] = (int16_t)state;
    if (state == 0) continue;
    for (int k = 0; k < CLASSES; k++) outputs[k] += state * net.second[j][k];
  }
}

static int greatest(const int32_t *outputs) {
  int best = 0;
  for (int k = 1; k < CLASSES; k++)
    if (outputs[k] > outputs[best]) best = k;
  return best;
}

void peer_predict(uint32_t samples) {
  for (uint32_t s = 0; s < samples; s++) {
    int32_t outputs[CLASSES];
    forward(peer_images[s], hidden[s], outputs);
    peer_predictions[s] = (uint8_t)greatest(outputs);
  }
}

/* --- Backward --- */

static void fill_exponentials(void) {
  uint32_t value = UINT32_MAX;
  for (int n = 0; n < STEPS; n++) {
    exponentials[n] = (uint16_t)(value >> 17);
    value = (uint32_t)((uint64_t)value * STEP_FACTOR >> 32);
  }
}

/* Softmax less the label. */
static void find_output_errors(const int32_t *outputs, int label, int16_t *errors) {
  uint32_t parts[CLASSES], whole = 0;
  int32_t most = outputs[greatest(outputs)];
  for (int k = 0; k < CLASSES; k++) {
    uint32_t below = (uint32_t)(most - outputs[k]) >> (SUM_BITS - STEPS_BITS);
    parts[k] = below < STEPS ? exponentials[below] : 0;
    whole += parts[k];
  }
  for (int k = 0; k < CLASSES; k++)
    errors[k] = (int16_t)((int32_t)((parts[k] << STATE_BITS) / whole) - ((k == label) << STATE_BITS));
}

static void find_hidden_errors(const int16_t *states, const int16_t *output_errors, int16_t *errors) {
  for (int j = 0; j < HIDDEN; j++) {
    int32_t sum = 0;
    if (states[j] > 0)
      for (int k = 0; k < CLASSES; k++) sum += output_errors[k] * net.second[j][k];
    errors[j] = (int16_t)(sum >> WEIGHT_BITS);
  }
}

/* --- The update --- */

static void update_first(int samples, int32_t rate) {
  int32_t gradients[HIDDEN] = {0};
  for (int i = 0; i < PIXELS; i++)
    if (sum_errors(gradients, i, samples))
      descend(net.first[i], gradients, HIDDEN, rate, PIXEL_BITS + STATE_BITS + RATE_BITS - WEIGHT_BITS);
}

/* A bias has as many fractional bits as the sums that it is added to. */
static void update_bias(int32_t *bias, int32_t gradient, int32_t rate) {
  *bias -= (gradient * rate) >> (STATE_BITS + RATE_BITS - SUM_BITS);
}

static void update_second(int samples, int32_t rate) {
  for (int j = 0; j < HIDDEN; j++) {
    int32_t gradients[CLASSES] = {0}, bias_gradient = 0;
    for (int s = 0; s < samples; s++) {
      int32_t state = hidden[s][j];
      bias_gradient += hidden_errors[s][j];
      if (state == 0) continue;
      for (int k = 0; k < CLASSES; k++) gradients[k] += state * output_errors[s][k];
    }
    descend(net.second[j], gradients, CLASSES, rate, 2 * STATE_BITS + RATE_BITS - WEIGHT_BITS);
    update_bias(&net.first_biases[j], bias_gradient, rate);
  }
  for (int k = 0; k < CLASSES; k++) {
    int32_t gradient = 0;
    for (int s = 0; s < samples; s++) gradient += output_errors[s][k];
    update_bias(&net.second_biases[k], gradient, rate);
  }
}

void peer_train(uint32_t samples, uint32_t rate) {
  int count = (int)samples;
  int32_t each = (int32_t)((rate >> (24 - RATE_BITS)) / samples);
  if (exponentials[0] == 0) fill_exponentials();
  for (int s = 0; s < count; s++) {
    int32_t outputs[CLASSES];
    forward(peer_images[s], hidden[s], outputs);
    find_output_errors(outputs, peer_labels[s], output_errors[s]);
    find_hidden_errors(hidden[s], output_errors[s], hidden_errors[s]);
  }
  update_first(count, each);
  update_second(count, each);
}
