/* The kernel's work for presets on small boards and no more: weights in Q1.14, states in Q3.12, fewer than 2^7 examples, exact
 * relaxation from a zero start, centered nudging, stochastic rounding, no decay. */
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
#define COLUMNS 0x636f6c73u
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

/* An example and the states it settles in. During the update `minus` holds plus − minus. */
struct slot {
  uint8_t *image;
  int16_t *free, *plus, *minus;
  /* A bit for each layer that the nudge moved. */
  uint16_t moved, label;
};

/* Two sums, each modulo 2^32. */
struct digest {
  uint32_t low, high;
};

static int layer_count, units, weight_fraction, state_fraction, nudge, free_iterations, nudged_iterations;
static uint32_t seed;
static struct layer layers[MAX_LAYERS];
static struct connection connections[MAX_LAYERS - 1];
static struct slot *slots;
/* Those in which a connection's layers moved. */
static const struct slot **moved_slots;
static int moved_count;
static int32_t *contrasts;
/* A pseudo-random word a column of a matrix, both halves odd. */
static uint32_t *columns;
static struct digest states, weights_digest;
uint32_t plain_iterations;
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

static int32_t low_key(uint32_t column) { return (int16_t)column; }

static int32_t high_key(uint32_t column) { return (int32_t)column >> 16; }

/* Adds a row's sums of key · value; `row` is its first element's index in the tensor. */
static void add_row_digest(struct digest *digest, uint32_t key, uint32_t row, uint32_t low, uint32_t high) {
  uint32_t word = random_word(key, row);
  digest->low += low * (word | 1);
  digest->high += high * (mix(word) | 1);
}

static void digest_row(struct digest *digest, uint32_t key, uint32_t row, const int16_t *values, int n) {
  int32_t low = 0, high = 0;
  for (int j = 0; j < n; j++) {
    low += values[j] * low_key(columns[j]);
    high += values[j] * high_key(columns[j]);
  }
  add_row_digest(digest, key, row, (uint32_t)low, (uint32_t)high);
}

static void digest_states(uint32_t tensor, int slot, const int16_t *of) {
  uint32_t key = mix(tensor);
  for (int k = 1; k < layer_count; k++) {
    const struct layer *l = &layers[k];
    digest_row(&states, key, (uint32_t)(slot * units + l->first_unit), of + l->first_unit, l->size);
  }
}

static uint64_t whole(struct digest digest) { return (uint64_t)digest.high << 32 | digest.low; }

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

static void add_columns(int32_t *restrict sums, const struct term terms[4], int rows, int n) {
  const int16_t *a = terms[0].row, *b = terms[1].row, *c = terms[2].row, *d = terms[3].row;
  int p = terms[0].scale, q = terms[1].scale, r = terms[2].scale, s = terms[3].scale;
  for (int i = 0; i < rows; i++, a += n, b += n, c += n, d += n) sums[i] += p * *a + q * *b + r * *c + s * *d;
}

static void send_backward(int k) {
  const struct layer *pre = &layers[k], *post = &layers[k + 1];
  int n = post->size;
  struct queue queue = {.count = 0};
  for (int j = 0; j < n; j++) {
    if (post->changes[j] == 0) continue;
    COUNT(pre->size);
    queue.terms[queue.count++] = (struct term){connections[k].weights + j, post->changes[j]};
    if (queue.count == 4) add_columns(pre->drives, queue.terms, pre->size, n), queue.count = 0;
  }
  if (queue.count == 0) return;
  while (queue.count < 4) queue.terms[queue.count++] = (struct term){queue.terms[0].row, 0};
  add_columns(pre->drives, queue.terms, pre->size, n);
}

static void send(int k) {
  if (k + 1 < layer_count) send_forward(k);
  if (k > 1) send_backward(k - 1);
}

/* --- Relaxation --- */

static int16_t clip(int32_t state) {
  int32_t one = 1 << state_fraction;
  return (int16_t)(state < 0 ? 0 : state > one ? one : state);
}

/* s = 0 ∨ (drive + β t) / (1 + β) ∧ 1. */
static bool minimise(struct layer *l, int beta, int target) {
  /* One bit below a state's is kept, and quotients are of twice the numerator by twice the denominator: enough to round
   * once, in 32 bits. */
  int below = weight_fraction - 1;
  uint32_t divisor = (uint32_t)((1 << PARAMETER_FRACTION) + beta) << 1;
  int changed = 0;
  for (int i = 0; i < l->size; i++) {
    int32_t next;
    if (beta == 0) {
      next = ((l->drives[i] >> below) + 1) >> 1;
    } else {
      int32_t sum = l->drives[i] >> (below - PARAMETER_FRACTION);
      if (i == target) sum += beta * (2 << state_fraction);
      next = sum <= 0 ? 0 : (int32_t)(((uint32_t)sum + (divisor >> 1)) / divisor);
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
    plain_iterations++;
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

static void move_to(const int16_t *to) {
  for (int k = 1; k < layer_count; k++) {
    struct layer *l = &layers[k];
    const int16_t *from = to + l->first_unit;
    int changed = 0;
    for (int i = 0; i < l->size; i++) {
      l->changes[i] = (int16_t)(from[i] - l->states[i]);
      l->states[i] = from[i];
      changed |= l->changes[i];
    }
    if (changed) send(k);
  }
}

static void free_phase(int slot, int iterations) {
  const struct slot *s = &slots[slot];
  clamp_input(s->image);
  for (int k = 1; k < layer_count; k++) memset(layers[k].states, 0, (size_t)layers[k].size * sizeof(int16_t));
  relax(iterations, 0, -1);
  save(s->free);
  digest_states(FREE, slot, s->free);
}

static void nudged_phases(int slot) {
  const struct slot *s = &slots[slot];
  relax(nudged_iterations, nudge, s->label);
  save(s->plus);
  move_to(s->free);
  relax(nudged_iterations, -nudge, s->label);
  save(s->minus);
  digest_states(PLUS, slot, s->plus);
  digest_states(MINUS, slot, s->minus);
}

/* --- The update --- */

/* minus ← plus − minus; notes which layers moved. */
static void take_differences(struct slot *s) {
  s->moved = 0;
  for (int k = 1; k < layer_count; k++) {
    const struct layer *l = &layers[k];
    int any = 0;
    for (int i = l->first_unit; i < l->first_unit + l->size; i++) {
      s->minus[i] = (int16_t)(s->plus[i] - s->minus[i]);
      any |= s->minus[i];
    }
    if (any != 0) s->moved |= (uint16_t)(1 << k);
  }
}

static void list_moved(int k, int samples) {
  moved_count = 0;
  for (struct slot *s = slots; s < slots + samples; s++)
    if (s->moved >> k & 3) moved_slots[moved_count++] = s;
}

/* A connection's gain, mantissa · 2^−shift, and the key of its roundings. */
struct gain {
  uint32_t mantissa, key;
  int shift;
};

static struct gain gain_of(uint32_t rate, int fraction, uint32_t key) {
  return (struct gain){rate & 0xffff, key, fraction + (int)(rate >> 16) - weight_fraction};
}

/* The fractions of a row's roundings: multiplier · column + offset. */
struct draws {
  uint32_t multiplier, offset;
};

static struct draws draws_of(uint32_t key, uint32_t row) {
  uint32_t word = random_word(key, row);
  return (struct draws){word | 1, mix(word)};
}

/* Adds the contrasts of a row, scaled and rounded up as often as the fractions say, to its weights; leaves them zero.
 * contrast · mantissa · 2^−shift is taken in 32 bits: what the product has below 2^16 only decides on a carry.
 * 16 < shift ≤ 46. */
static void change_row(int16_t *weights, int n, uint32_t row, struct gain gain) {
  struct draws draws = draws_of(gain.key, row);
  int32_t mantissa = (int32_t)gain.mantissa;
  int shift = gain.shift - 16, left = shift > 16 ? shift - 16 : 0, right = shift < 16 ? 16 - shift : 0;
  int32_t low = 0, high = 0;
  for (int j = 0; j < n; j++) {
    int32_t sum = contrasts[j];
    if (sum == 0) continue;
    contrasts[j] = 0;
    uint32_t column = columns[j];
    uint32_t fraction = draws.multiplier * column + draws.offset;
    uint32_t below = (fraction << left >> right) & 0xffff;
    int32_t carried = (int32_t)(((uint32_t)(sum & 0xffff) * gain.mantissa + below) >> 16);
    int32_t change = ((sum >> 16) * mantissa + carried + (int32_t)(fraction >> (32 - shift))) >> shift;
    if (change == 0) continue;
    int32_t old = weights[j], next = old + change;
    if (next != (int16_t)next) next = next < 0 ? INT16_MIN : INT16_MAX;
    weights[j] = (int16_t)next;
    low += (next - old) * low_key(column);
    high += (next - old) * high_key(column);
  }
  if ((low | high) != 0) add_row_digest(&weights_digest, mix(PARAMETERS), row, (uint32_t)low, (uint32_t)high);
}

static void update_from_input(struct gain gain) {
  const struct layer *post = &layers[1];
  int n = post->size;
  struct queue queue = {.count = 0};
  int16_t *weights = connections[0].weights;
  uint32_t row = connections[0].first_parameter;
  for (int i = 0; i < layers[0].size; i++, weights += n, row += (uint32_t)n) {
    bool lit = false;
    for (int m = 0; m < moved_count; m++) {
      const struct slot *s = moved_slots[m];
      int pixel = s->image[i];
      if (pixel == 0) continue;
      lit = true;
      add_row(&queue, contrasts, s->minus + post->first_unit, pixel, n);
    }
    if (!lit) continue;
    flush(&queue, contrasts, n);
    change_row(weights, n, row, gain);
  }
}

/* With Δ = ρ⁺ − ρ⁻ the contrast is ρ_i⁻ Δ_j + Δ_i ρ_j⁺. */
static void update_hidden(int k, struct gain gain) {
  const struct layer *pre = &layers[k], *post = &layers[k + 1];
  int n = post->size;
  struct queue queue = {.count = 0};
  int16_t *weights = connections[k].weights;
  uint32_t row = connections[k].first_parameter;
  for (int i = pre->first_unit; i < pre->first_unit + pre->size; i++, weights += n, row += (uint32_t)n) {
    int any = 0;
    for (int m = 0; m < moved_count; m++) {
      const struct slot *s = moved_slots[m];
      int change = s->minus[i], rate = s->plus[i] - change;
      if (rate != 0) add_row(&queue, contrasts, s->minus + post->first_unit, rate, n);
      if (change != 0) add_row(&queue, contrasts, s->plus + post->first_unit, change, n);
      any |= rate | change;
    }
    if (any == 0) continue;
    flush(&queue, contrasts, n);
    change_row(weights, n, row, gain);
  }
}

static void update_biases(const struct layer *l, struct gain gain) {
  struct draws draws = draws_of(gain.key, l->first_parameter);
  int32_t low = 0, high = 0;
  for (int j = 0; j < l->size; j++) {
    int32_t sum = 0;
    for (int m = 0; m < moved_count; m++) sum += moved_slots[m]->minus[l->first_unit + j];
    if (sum == 0) continue;
    uint32_t fraction = draws.multiplier * columns[j] + draws.offset;
    int64_t product = (int64_t)sum * gain.mantissa + (fraction >> (32 - gain.shift));
    int64_t next = l->biases[j] + (product >> gain.shift);
    if (next != (int32_t)next) next = next < 0 ? INT32_MIN : INT32_MAX;
    int32_t change = (int32_t)next - l->biases[j];
    l->biases[j] = (int32_t)next;
    low += change * low_key(columns[j]);
    high += change * high_key(columns[j]);
  }
  if ((low | high) != 0)
    add_row_digest(&weights_digest, mix(PARAMETERS), l->first_parameter, (uint32_t)low, (uint32_t)high);
}

/* --- Requests --- */

static void *allot(uint8_t **memory, int count, int size) {
  uint8_t *at = *memory;
  *memory += (count * size + 7) & ~7;
  return at;
}

uint8_t *plain_configure(const struct configure *c, uint8_t *memory) {
  int count = c->layers;
  layer_count = count;
  seed = c->seed;
  nudge = c->nudge;
  free_iterations = c->free_iterations;
  nudged_iterations = c->nudged_iterations;
  weight_fraction = ((const struct connection_record *)(c->records + count))->fraction;
  state_fraction = c->state_fraction;
  units = 0;
  int widest = 0;
  uint32_t parameter = 0;
  for (int k = 0; k < count; k++) {
    struct layer *l = &layers[k];
    *l = (struct layer){.size = c->records[k].channels, .first_unit = units};
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
  slots = allot(&memory, c->batch, sizeof(struct slot));
  moved_slots = allot(&memory, c->batch, sizeof(struct slot *));
  for (int slot = 0; slot < c->batch; slot++) {
    slots[slot].image = allot(&memory, layers[0].size, 1);
    slots[slot].free = allot(&memory, units, sizeof(int16_t));
    slots[slot].plus = allot(&memory, units, sizeof(int16_t));
    slots[slot].minus = allot(&memory, units, sizeof(int16_t));
  }
  contrasts = allot(&memory, widest, sizeof(int32_t));
  memset(contrasts, 0, (size_t)widest * sizeof(int32_t));
  columns = allot(&memory, widest, sizeof(uint32_t));
  for (int j = 0; j < widest; j++) columns[j] = random_word(mix(COLUMNS), (uint32_t)j) | 0x10001;
  return memory;
}

uint64_t plain_initialise(const uint32_t *limits) {
  uint32_t draws = key_of(STREAM_WEIGHTS, 0);
  int shift = LIMIT_FRACTION + 31 - weight_fraction;
  weights_digest = (struct digest){0};
  for (int k = 0; k < layer_count - 1; k++) {
    const struct connection *c = &connections[k];
    int n = layers[k + 1].size;
    int16_t *weights = c->weights;
    uint32_t at = c->first_parameter;
    for (int i = 0; i < layers[k].size; i++, weights += n) {
      uint32_t row = at;
      for (int j = 0; j < n; j++) {
        int64_t product = (int64_t)limits[k] * (int32_t)random_word(draws, at++);
        int64_t weight = (product + (1ll << (shift - 1))) >> shift;
        weights[j] = (int16_t)(weight < INT16_MIN ? INT16_MIN : weight > INT16_MAX ? INT16_MAX : weight);
      }
      digest_row(&weights_digest, mix(PARAMETERS), row, weights, n);
    }
    memset(layers[k + 1].biases, 0, (size_t)n * sizeof(int32_t));
  }
  return whole(weights_digest);
}

void plain_sample(const struct sample *request, int length) {
  int pixels = layers[0].size;
  uint8_t *to = slots[request->slot].image;
  uint8_t *end = to + pixels;
  const uint8_t *from = request->image, *stop = from + length;
  slots[request->slot].label = request->label;
  while (from < stop) {
    int token = *from++;
    bool ink = token & 0x80;
    int run = ink ? (token >> 2 & 7) + 1 : token >> 2, copies = token & 3;
    if (token == 0) {
      if (from == stop) return;
      copies = *from++ + 1;
    }
    if (run + copies > end - to || copies > stop - from) return;
    memset(to, ink ? 252 + (token >> 5 & 3) : 0, (size_t)run);
    to += run;
    memcpy(to, from, (size_t)copies);
    to += copies;
    from += copies;
  }
  memset(to, 0, (size_t)(end - to));
}

uint64_t plain_evaluate(const struct evaluate *request) {
  states = (struct digest){0};
  for (int slot = 0; slot < request->samples; slot++) free_phase(slot, request->iterations);
  return whole(states);
}

struct digests plain_train(const struct train *request) {
  int samples = request->samples;
  uint32_t key = key_of(STREAM_ROUNDING, request->step);
  states = (struct digest){0};
  for (int slot = 0; slot < samples; slot++) {
    free_phase(slot, free_iterations);
    nudged_phases(slot);
    take_differences(&slots[slot]);
  }
  int count = layer_count - 1;
  for (int k = 0; k < count; k++) {
    uint32_t rate = request->rates[k];
    list_moved(k, samples);
    if (k == 0) update_from_input(gain_of(rate, PIXEL_FRACTION + state_fraction, key));
    else update_hidden(k, gain_of(rate, 2 * state_fraction, key));
    update_biases(&layers[k + 1], gain_of(request->rates[2 * count + k], 0, key));
  }
  return (struct digests){whole(states), whole(weights_digest)};
}
