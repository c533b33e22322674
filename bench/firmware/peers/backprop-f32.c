/* Backpropagation as one writes it by hand in float32: ReLU, softmax and cross-entropy; zero pixels and zero activations
 * are skipped. */
#include "peer.h"

#include <string.h>

#define PIXEL (1 / 255.f)

static struct {
  float first[PIXELS][HIDDEN], second[HIDDEN][CLASSES];
  float first_biases[HIDDEN], second_biases[CLASSES];
} net;

uint8_t peer_images[BATCH][PIXELS], peer_labels[BATCH], peer_predictions[BATCH];
static float hidden[BATCH][HIDDEN], hidden_errors[BATCH][HIDDEN], output_errors[BATCH][CLASSES];

void *peer_state(void) { return &net; }
uint32_t peer_state_size(void) { return sizeof net; }

void peer_start(uint32_t seed) {
  memset(&net, 0, sizeof net);
  for (int i = 0; i < PIXELS; i++)
    for (int j = 0; j < HIDDEN; j++) net.first[i][j] = next_weight(&seed, GLOROT_FIRST);
  for (int j = 0; j < HIDDEN; j++)
    for (int k = 0; k < CLASSES; k++) net.second[j][k] = next_weight(&seed, GLOROT_SECOND);
}

static void forward(const uint8_t *image, float *states, float *outputs) {
  memcpy(states, net.first_biases, sizeof net.first_biases);
  for (int i = 0; i < PIXELS; i++) {
    if (image[i] == 0) continue;
    float pixel = image[i] * PIXEL;
    for (int j = 0; j < HIDDEN; j++) states[j] += pixel * net.first[i][j];
  }
  memcpy(outputs, net.second_biases, sizeof net.second_biases);
  for (int j = 0; j < HIDDEN; j++) {
    if (states[j] <= 0) {
      states[j] = 0;
      continue;
    }
    for (int k = 0; k < CLASSES; k++) outputs[k] += states[j] * net.second[j][k];
  }
}

static int greatest(const float *outputs) {
  int best = 0;
  for (int k = 1; k < CLASSES; k++)
    if (outputs[k] > outputs[best]) best = k;
  return best;
}

void peer_predict(uint32_t samples) {
  for (uint32_t s = 0; s < samples; s++) {
    float outputs[CLASSES];
    forward(peer_images[s], hidden[s], outputs);
    peer_predictions[s] = (uint8_t)greatest(outputs);
  }
}

/* Softmax less the label, times the rate: from here on errors are what is subtracted. */
static void find_errors(int s, float *outputs, float rate) {
  float most = outputs[greatest(outputs)], whole = 0;
  for (int k = 0; k < CLASSES; k++) whole += outputs[k] = exponential(outputs[k] - most);
  for (int k = 0; k < CLASSES; k++)
    output_errors[s][k] = (outputs[k] / whole - (k == peer_labels[s] ? 1.f : 0.f)) * rate;
  for (int j = 0; j < HIDDEN; j++) {
    float sum = 0;
    if (hidden[s][j] > 0)
      for (int k = 0; k < CLASSES; k++) sum += output_errors[s][k] * net.second[j][k];
    hidden_errors[s][j] = sum;
  }
}

static void descend(int s) {
  const float *errors = hidden_errors[s];
  for (int i = 0; i < PIXELS; i++) {
    if (peer_images[s][i] == 0) continue;
    float pixel = peer_images[s][i] * PIXEL;
    for (int j = 0; j < HIDDEN; j++) net.first[i][j] -= pixel * errors[j];
  }
  for (int j = 0; j < HIDDEN; j++) {
    net.first_biases[j] -= errors[j];
    if (hidden[s][j] == 0) continue;
    for (int k = 0; k < CLASSES; k++) net.second[j][k] -= hidden[s][j] * output_errors[s][k];
  }
  for (int k = 0; k < CLASSES; k++) net.second_biases[k] -= output_errors[s][k];
}

void peer_train(uint32_t samples, uint32_t rate) {
  float each = (float)rate / (float)(1 << 24) / (float)samples;
  for (int s = 0; s < (int)samples; s++) {
    float outputs[CLASSES];
    forward(peer_images[s], hidden[s], outputs);
    find_errors(s, outputs, each);
  }
  /* All errors are those of the weights before the minibatch. */
  for (int s = 0; s < (int)samples; s++) descend(s);
}
