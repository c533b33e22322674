/* What presets on small boards ask for and no more: exact relaxation from a zero start, centered nudging, stochastic
 * rounding, no decay. */
#include "plain-kernel.h"

#include <stdbool.h>
#include <string.h>

#define MAX_LAYERS 4
#define PIXEL_FRACTION 8
#define PARAMETER_FRACTION 12
#define LIMIT_FRACTION 24
#define GOLDEN 0x9e3779b9u
#define STREAM_WEIGHTS 0u
#define STREAM_ROUNDING 1u
#define PARAMETERS 0x70617261u
#define FREE 0x66726565u
#define PLUS 0x706c7573u
#define MINUS 0x6d696e75u

struct layer {
  int size, first_unit;
  uint32_t first_parameter;
  int16_t *states, *changes;
  int32_t *drives, *biases;
};

/* From layer k to layer k + 1. */
struct connection {
  uint32_t first_parameter;
  int16_t *weights;
};

static int layer_count, units, weight_fraction, state_fraction, nudge, free_iterations, nudged_iterations;
static uint32_t seed;
static struct layer layers[MAX_LAYERS];
static struct connection connections[MAX_LAYERS - 1];
static uint16_t *labels;
static uint8_t *images;
static int16_t *free_states, *plus_states, *minus_states;
static int64_t *contrasts;
uint64_t plain_weights;
uint32_t plain_products;

#ifdef COUNT_PRODUCTS
#define COUNT(products) (plain_products += (uint32_t)(products))
#else
#define COUNT(products) ((void)0)
#endif

/* --- Random numbers and digests --- */

static uint32_t mix(uint32_t x) {
  x = (x ^ x >> 16) * 0x7feb352du;
  x = (x ^ x >> 15) * 0x846ca68bu;
  return x ^ x >> 16;
}

static uint32_t key_of(uint32_t stream, uint32_t step) { return mix(mix(mix(seed ^ GOLDEN) + stream) + step); }

static uint32_t random_word(uint32_t key, uint32_t index) { return mix(key ^ index * GOLDEN); }

static uint64_t digest_of(uint32_t key, uint32_t index, int32_t value) {
  return (uint64_t)value * (random_word(key, index) | 1);
}

static uint64_t digest_states(uint32_t tensor, int slot, const int16_t *states) {
  uint32_t key = mix(tensor);
  uint32_t first = (uint32_t)(slot * units);
  uint64_t digest = 0;
  for (int i = 0; i < units; i++)
    if (states[i] != 0) digest += digest_of(key, first + (uint32_t)i, states[i]);
  return digest;
}

/* --- Sums --- */

struct term {
  const int16_t *row;
  int scale;
};

/* Four rows at a time: each sum is loaded and stored once for four products. */
static void add_four(int32_t *restrict sums, const struct term terms[4], int n) {
  const int16_t *a = terms[0].row, *b = terms[1].row, *c = terms[2].row, *d = terms[3].row;
  int p = terms[0].scale, q = terms[1].scale, r = terms[2].scale, s = terms[3].scale;
  for (int j = 0; j < n; j++) sums[j] += p * a[j] + q * b[j] + r * c[j] + s * d[j];
}

struct queue {
  struct term terms[4];
  int count;
};

static void flush(struct queue *queue, int32_t *sums, int n) {
  if (queue->count == 0) return;
  COUNT(queue->count * n);
  while (queue->count < 4) queue->terms[queue->count++] = (struct term){queue->terms[0].row, 0};
  add_four(sums, queue->terms, n);
  queue->count = 0;
}

static void add_row(struct queue *queue, int32_t *sums, const int16_t *row, int scale, int n) {
  queue->terms[queue->count++] = (struct term){row, scale};
  if (queue->count == 4) flush(queue, sums, n);
}

static int32_t dot(const int16_t *a, const int16_t *b, int n) {
  int32_t sum = 0;
  int j = 0;
  for (; j + 4 <= n; j += 4)
    sum += a[j] * b[j] + a[j + 1] * b[j + 1] + a[j + 2] * b[j + 2] + a[j + 3] * b[j + 3];
  for (; j < n; j++) sum += a[j] * b[j];
  return sum;
}

/* --- Drives --- */

static void clamp_input(const uint8_t *image) {
  struct queue queue = {.count = 0};
  const struct layer *post = &layers[1];
  const int16_t *row = connections[0].weights;
  for (int k = 1; k < layer_count; k++)
    memcpy(layers[k].drives, layers[k].biases, (size_t)layers[k].size * sizeof(int32_t));
  for (int i = 0; i < layers[0].size; i++, row += post->size)
    if (image[i] != 0) add_row(&queue, post->drives, row, image[i] << (state_fraction - PIXEL_FRACTION), post->size);
  flush(&queue, post->drives, post->size);
}

static void send_forward(int k) {
  const struct layer *pre = &layers[k], *post = &layers[k + 1];
  const int16_t *row = connections[k].weights;
  struct queue queue = {.count = 0};
  for (int i = 0; i < pre->size; i++, row += post->size)
    if (pre->changes[i] != 0) add_row(&queue, post->drives, row, pre->changes[i], post->size);
  flush(&queue, post->drives, post->size);
}

static void send_backward(int k) {
  const struct layer *pre = &layers[k], *post = &layers[k + 1];
  const int16_t *weights = connections[k].weights;
  int n = post->size;
  int active = 0;
  for (int j = 0; j < n; j++) active += post->changes[j] != 0;
  if (active * 4 <= n) {
    for (int j = 0; j < n; j++) {
      int change = post->changes[j];
      if (change == 0) continue;
      const int16_t *weight = weights + j;
      for (int i = 0; i < pre->size; i++, weight += n) pre->drives[i] += change * *weight;
      COUNT(pre->size);
    }
  } else {
    for (int i = 0; i < pre->size; i++, weights += n) pre->drives[i] += dot(weights, post->changes, n);
    COUNT(pre->size * n);
  }
}

static void send(int k) {
  if (k + 1 < layer_count) send_forward(k);
  if (k > 1) send_backward(k - 1);
}

/* --- Relaxation --- */

static int16_t clip(int64_t state) {
  int32_t one = 1 << state_fraction;
  return (int16_t)(state < 0 ? 0 : state > one ? one : state);
}

/* s = 0 ∨ (drive + β t) / (1 + β) ∧ 1. */
static bool minimise(struct layer *l, int beta, int target) {
  int64_t half = weight_fraction > 0 ? 1ll << (weight_fraction - 1) : 0;
  int64_t divisor = (int64_t)((1 << PARAMETER_FRACTION) + beta) << weight_fraction;
  int changed = 0;
  for (int i = 0; i < l->size; i++) {
    int64_t next;
    if (beta == 0) {
      next = (l->drives[i] + half) >> weight_fraction;
    } else {
      int64_t sum = (int64_t)l->drives[i] << PARAMETER_FRACTION;
      if (i == target) sum += (int64_t)beta << (weight_fraction + state_fraction);
      next = sum <= 0 ? 0 : (sum + (divisor >> 1)) / divisor;
    }
    int16_t state = clip(next);
    int16_t change = (int16_t)(state - l->states[i]);
    l->states[i] = state;
    l->changes[i] = change;
    changed |= change;
  }
  return changed != 0;
}

/* The odd layers, then the even ones, until nothing changes. */
static void relax(int iterations, int beta, int target) {
  for (int n = 0; n < iterations; n++) {
    bool changed = false;
    for (int first = 1; first <= 2; first++)
      for (int k = first; k < layer_count; k += 2) {
        if (!minimise(&layers[k], k == layer_count - 1 ? beta : 0, target)) continue;
        changed = true;
        send(k);
      }
    if (!changed) break;
  }
}

/* --- Phases --- */

static void save(int16_t *to) {
  for (int k = 1; k < layer_count; k++)
    memcpy(to + layers[k].first_unit, layers[k].states, (size_t)layers[k].size * sizeof(int16_t));
}

static void move_to(const int16_t *states) {
  for (int k = 1; k < layer_count; k++) {
    struct layer *l = &layers[k];
    const int16_t *from = states + l->first_unit;
    int changed = 0;
    for (int i = 0; i < l->size; i++) {
      l->changes[i] = (int16_t)(from[i] - l->states[i]);
      l->states[i] = from[i];
      changed |= l->changes[i];
    }
    if (changed) send(k);
  }
}

static uint64_t free_phase(int slot, int iterations) {
  int16_t *settled = free_states + slot * units;
  clamp_input(images + slot * layers[0].size);
  for (int k = 1; k < layer_count; k++) memset(layers[k].states, 0, (size_t)layers[k].size * sizeof(int16_t));
  relax(iterations, 0, -1);
  save(settled);
  return digest_states(FREE, slot, settled);
}

static uint64_t nudged_phases(int slot) {
  int16_t *plus = plus_states + slot * units, *minus = minus_states + slot * units;
  relax(nudged_iterations, nudge, labels[slot]);
  save(plus);
  move_to(free_states + slot * units);
  relax(nudged_iterations, -nudge, labels[slot]);
  save(minus);
  return digest_states(PLUS, slot, plus) + digest_states(MINUS, slot, minus);
}

/* --- The update --- */

static int64_t clip_to(int64_t value, int64_t most) { return value < -most - 1 ? -most - 1 : value > most ? most : value; }

/* sum · mantissa · 2^−shift, rounded up as often as the fraction says. */
static int64_t rounded(int64_t sum, int mantissa, int shift, uint32_t random) {
  uint64_t threshold = shift >= 32 ? (uint64_t)random << (shift - 32) : random >> (32 - shift);
  return (sum * mantissa + (int64_t)threshold) >> shift;
}

static void change_weight(int16_t *weight, uint32_t index, int64_t change, uint32_t key) {
  if (change == 0) return;
  int next = (int)clip_to(*weight + change, INT16_MAX);
  plain_weights += digest_of(key, index, next - *weight);
  *weight = (int16_t)next;
}

static void subtract_from_plus(int samples, const struct layer *l) {
  for (int slot = 0; slot < samples; slot++) {
    const int16_t *plus = plus_states + slot * units + l->first_unit;
    int16_t *minus = minus_states + slot * units + l->first_unit;
    for (int j = 0; j < l->size; j++) minus[j] = (int16_t)(plus[j] - minus[j]);
  }
}

static void update_from_input(int samples, uint32_t gain, uint32_t rounding_key, uint32_t key) {
  const struct layer *post = &layers[1];
  int n = post->size;
  int mantissa = gain & 0xffff;
  int shift = PIXEL_FRACTION + state_fraction + (int)(gain >> 16) - weight_fraction;
  int32_t *sums = (int32_t *)contrasts;
  struct queue queue = {.count = 0};
  int16_t *weights = connections[0].weights;
  uint32_t index = connections[0].first_parameter;
  subtract_from_plus(samples, post);
  for (int i = 0; i < layers[0].size; i++, weights += n, index += (uint32_t)n) {
    bool lit = false;
    for (int slot = 0; slot < samples; slot++) {
      int pixel = images[slot * layers[0].size + i];
      if (pixel == 0) continue;
      lit = true;
      add_row(&queue, sums, minus_states + slot * units + post->first_unit, pixel, n);
    }
    flush(&queue, sums, n);
    if (!lit) continue;
    for (int j = 0; j < n; j++) {
      if (sums[j] == 0) continue;
      uint32_t at = index + (uint32_t)j;
      change_weight(&weights[j], at, rounded(sums[j], mantissa, shift, random_word(rounding_key, at)), key);
      sums[j] = 0;
    }
  }
  subtract_from_plus(samples, post);
}

static void update_hidden(int k, int samples, uint32_t gain, uint32_t rounding_key, uint32_t key) {
  const struct layer *pre = &layers[k], *post = &layers[k + 1];
  int n = post->size;
  int mantissa = gain & 0xffff;
  int shift = 2 * state_fraction + (int)(gain >> 16) - weight_fraction;
  int16_t *weights = connections[k].weights;
  uint32_t index = connections[k].first_parameter;
  for (int i = 0; i < pre->size; i++, weights += n, index += (uint32_t)n) {
    for (int slot = 0; slot < samples; slot++) {
      const int16_t *plus = plus_states + slot * units, *minus = minus_states + slot * units;
      int plus_rate = plus[pre->first_unit + i], minus_rate = minus[pre->first_unit + i];
      if ((plus_rate | minus_rate) == 0) continue;
      plus += post->first_unit;
      minus += post->first_unit;
      for (int j = 0; j < n; j++) contrasts[j] += plus_rate * plus[j] - minus_rate * minus[j];
      COUNT(2 * n);
    }
    for (int j = 0; j < n; j++) {
      if (contrasts[j] == 0) continue;
      uint32_t at = index + (uint32_t)j;
      change_weight(&weights[j], at, rounded(contrasts[j], mantissa, shift, random_word(rounding_key, at)), key);
      contrasts[j] = 0;
    }
  }
}

static void update_biases(const struct layer *l, int samples, uint32_t gain, uint32_t rounding_key, uint32_t key) {
  int mantissa = gain & 0xffff;
  int shift = (int)(gain >> 16) - weight_fraction;
  for (int j = 0; j < l->size; j++) {
    int unit = l->first_unit + j;
    int32_t sum = 0;
    for (int slot = 0; slot < samples; slot++)
      sum += plus_states[slot * units + unit] - minus_states[slot * units + unit];
    if (sum == 0) continue;
    uint32_t at = l->first_parameter + (uint32_t)j;
    int64_t change = rounded(sum, mantissa, shift, random_word(rounding_key, at));
    int32_t next = (int32_t)clip_to(l->biases[j] + change, INT32_MAX);
    plain_weights += (uint64_t)((int64_t)next - l->biases[j]) * (random_word(key, at) | 1);
    l->biases[j] = next;
  }
}

/* --- Requests --- */

static void *allot(uint8_t **memory, int count, int size) {
  uint8_t *at = *memory;
  *memory += (count * size + 7) & ~7;
  return at;
}

uint8_t *plain_configure(const struct configure *c, int count, uint8_t *memory) {
  layer_count = count;
  seed = c->seed;
  nudge = c->nudge;
  free_iterations = c->free_iterations;
  nudged_iterations = c->nudged_iterations;
  weight_fraction = c->weight_fraction;
  state_fraction = c->state_fraction;
  units = 0;
  int widest = 0;
  uint32_t parameter = 0;
  for (int k = 0; k < count; k++) {
    struct layer *l = &layers[k];
    *l = (struct layer){.size = c->sizes[k], .first_unit = units};
    if (k == 0) continue;
    int weights = layers[k - 1].size * l->size;
    connections[k - 1] = (struct connection){parameter, allot(&memory, weights, sizeof(int16_t))};
    parameter += (uint32_t)weights;
    l->states = allot(&memory, l->size, sizeof(int16_t));
    l->changes = allot(&memory, l->size, sizeof(int16_t));
    l->drives = allot(&memory, l->size, sizeof(int32_t));
    l->biases = allot(&memory, l->size, sizeof(int32_t));
    units += l->size;
    if (l->size > widest) widest = l->size;
  }
  for (int k = 1; k < count; k++) {
    layers[k].first_parameter = parameter;
    parameter += (uint32_t)layers[k].size;
  }
  labels = allot(&memory, c->batch, sizeof(uint16_t));
  images = allot(&memory, c->batch * layers[0].size, 1);
  free_states = allot(&memory, c->batch * units, sizeof(int16_t));
  plus_states = allot(&memory, c->batch * units, sizeof(int16_t));
  minus_states = allot(&memory, c->batch * units, sizeof(int16_t));
  contrasts = allot(&memory, widest, sizeof(int64_t));
  memset(contrasts, 0, (size_t)widest * sizeof(int64_t));
  return memory;
}

void plain_initialise(const uint32_t *limits) {
  uint32_t draws = key_of(STREAM_WEIGHTS, 0), key = mix(PARAMETERS);
  int shift = LIMIT_FRACTION + 31 - weight_fraction;
  plain_weights = 0;
  for (int k = 0; k < layer_count - 1; k++) {
    const struct connection *c = &connections[k];
    for (int i = 0; i < layers[k].size * layers[k + 1].size; i++) {
      uint32_t at = c->first_parameter + (uint32_t)i;
      int64_t product = (int64_t)limits[k] * (int32_t)random_word(draws, at);
      c->weights[i] = (int16_t)clip_to((product + (1ll << (shift - 1))) >> shift, INT16_MAX);
      plain_weights += digest_of(key, at, c->weights[i]);
    }
    memset(layers[k + 1].biases, 0, (size_t)layers[k + 1].size * sizeof(int32_t));
  }
}

void plain_sample(const struct sample *request, int length) {
  int pixels = layers[0].size;
  uint8_t *to = images + request->slot * pixels;
  uint8_t *end = to + pixels;
  const uint8_t *from = request->image, *stop = from + length;
  labels[request->slot] = request->label;
  while (from < stop) {
    int token = *from++;
    int run = (token & (token & 0x80 ? 0x1f : 0x3f)) + 1;
    if (run > end - to) return;
    if (token >> 6 == 1) {
      if (run > stop - from) return;
      memcpy(to, from, (size_t)run);
      from += run;
    } else {
      memset(to, token & 0x80 ? 252 + (token >> 5 & 3) : 0, (size_t)run);
    }
    to += run;
  }
  memset(to, 0, (size_t)(end - to));
}

uint64_t plain_evaluate(const struct evaluate *request) {
  uint64_t digest = 0;
  for (int slot = 0; slot < request->samples; slot++) digest += free_phase(slot, request->iterations);
  return digest;
}

uint64_t plain_train(const struct train *request) {
  int samples = request->samples;
  uint64_t digest = 0;
  for (int slot = 0; slot < samples; slot++) {
    digest += free_phase(slot, free_iterations);
    digest += nudged_phases(slot);
  }
  uint32_t rounding_key = key_of(STREAM_ROUNDING, request->step), key = mix(PARAMETERS);
  update_from_input(samples, request->rates[0], rounding_key, key);
  for (int k = 1; k < layer_count - 1; k++) update_hidden(k, samples, request->rates[k], rounding_key, key);
  for (int k = 1; k < layer_count; k++) update_biases(&layers[k], samples, request->rates[k - 1], rounding_key, key);
  return digest;
}
