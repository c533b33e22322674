/* AIfES (Fraunhofer IMS, AGPL-3.0; not part of this repository): float32, ReLU, softmax, cross-entropy, SGD. */
#include "peer.h"

#include <aifes.h>
#include <stdlib.h>
#include <string.h>

static uint16_t input_shape[] = {BATCH, PIXELS}, output_shape[] = {BATCH, CLASSES};
static ailayer_input_f32_t input = {.input_dim = 2, .input_shape = input_shape};
static ailayer_dense_f32_t first = {.neurons = HIDDEN}, second = {.neurons = CLASSES};
static ailayer_relu_f32_t relu;
static ailayer_softmax_f32_t softmax;
static ailoss_crossentropy_f32_t loss;
static aiopti_sgd_f32_t descent;
static aiopti_t *optimiser;
static aimodel_t model;

#define PARAMETERS ((PIXELS + 1) * HIDDEN + (HIDDEN + 1) * CLASSES)
/* Gradients, a product of their size while they are computed, and what layers hand on. */
#define HANDED_ON (BATCH * (PIXELS + 2 * HIDDEN + 2 * CLASSES))
static uint8_t parameters[4 * PARAMETERS + 64] __attribute__((aligned(8)));
static uint8_t memory[4 * (PARAMETERS + PIXELS * HIDDEN + HANDED_ON) + 256] __attribute__((aligned(8)));

uint8_t peer_images[BATCH][PIXELS], peer_labels[BATCH], peer_predictions[BATCH];
static float pixels[BATCH][PIXELS], targets[BATCH][CLASSES];
static aitensor_t images, labels;
static uint32_t random_state;

void *peer_state(void) { return parameters; }
uint32_t peer_state_size(void) { return 4 * PARAMETERS; }

int rand(void) { return (int)(next_word(&random_state) >> 1); }

static void require(int fits) {
  if (!fits) __builtin_trap();
}

static void build(void) {
  ailayer_t *last = ailayer_dense_f32_default(&first, model.input_layer = ailayer_input_f32_default(&input));
  last = ailayer_dense_f32_default(&second, ailayer_relu_f32_default(&relu, last));
  model.output_layer = ailayer_softmax_f32_default(&softmax, last);
  model.loss = ailoss_crossentropy_f32_default(&loss, model.output_layer);
  aialgo_compile_model(&model);
  uint32_t bytes = aialgo_sizeof_parameter_memory(&model);
  require(bytes <= sizeof parameters);
  aialgo_distribute_parameter_memory(&model, parameters, bytes);
  optimiser = aiopti_sgd_f32_default(&descent);
  bytes = aialgo_sizeof_training_memory(&model, optimiser);
  require(bytes <= sizeof memory);
  aialgo_schedule_training_memory(&model, optimiser, memory, bytes);
  aialgo_init_model_for_training(&model, optimiser);
  images = (aitensor_t)AITENSOR_2D_F32(input_shape, pixels);
  labels = (aitensor_t)AITENSOR_2D_F32(output_shape, targets);
}

void peer_start(uint32_t seed) {
  random_state = seed;
  build();
  aimath_f32_default_init_glorot_uniform(&first.weights);
  aimath_f32_default_init_glorot_uniform(&second.weights);
  aimath_f32_default_init_zeros(&first.bias);
  aimath_f32_default_init_zeros(&second.bias);
}

static void set_images(int samples) {
  for (int s = 0; s < samples; s++)
    for (int i = 0; i < PIXELS; i++) pixels[s][i] = peer_images[s][i] * (1 / 255.f);
}

/* Always a whole minibatch: the loss is its mean. */
void peer_train(uint32_t samples, uint32_t rate) {
  descent.learning_rate = (float)rate / (float)(1 << 24);
  set_images((int)samples);
  for (int s = 0; s < (int)samples; s++)
    for (int k = 0; k < CLASSES; k++) targets[s][k] = k == peer_labels[s] ? 1.f : 0.f;
  aialgo_zero_gradients_model(&model, optimiser);
  aialgo_forward_model(&model, &images);
  aialgo_backward_model(&model, &labels);
  aialgo_update_params_model(&model, optimiser);
}

void peer_predict(uint32_t samples) {
  set_images((int)samples);
  const float *outputs = aialgo_forward_model(&model, &images)->data;
  for (uint32_t s = 0; s < samples; s++, outputs += CLASSES) {
    int best = 0;
    for (int k = 1; k < CLASSES; k++)
      if (outputs[k] > outputs[best]) best = k;
    peer_predictions[s] = (uint8_t)best;
  }
}
