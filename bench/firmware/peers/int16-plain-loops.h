/* The loops over rows that take most of the time, in plain C. */

/* Adds four rows at a time: a sum is loaded and stored once for four products. */
static void add_lit_rows(int32_t *restrict sums, const uint8_t *image) {
  const int16_t *rows[4];
  int32_t pixels[4];
  int count = 0;
  for (int i = 0; i < PIXELS; i++) {
    if (image[i] != 0) {
      rows[count] = net.first[i];
      pixels[count++] = image[i] << (STATE_BITS - PIXEL_BITS);
    }
    if (count == 0 || (count < 4 && i < PIXELS - 1)) continue;
    for (; count < 4; count++) rows[count] = rows[0], pixels[count] = 0;
    const int16_t *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    int32_t p = pixels[0], q = pixels[1], r = pixels[2], s = pixels[3];
    for (int j = 0; j < HIDDEN; j++) sums[j] += p * a[j] + q * b[j] + r * c[j] + s * d[j];
    count = 0;
  }
}

/* The gradients of a pixel's row; tells if any sample lights it. */
static int sum_errors(int32_t *gradients, int i, int samples) {
  int lit = 0;
  for (int s = 0; s < samples; s++) {
    int32_t pixel = peer_images[s][i];
    const int16_t *errors = hidden_errors[s];
    if (pixel == 0) continue;
    if (lit++ == 0)
      for (int j = 0; j < HIDDEN; j++) gradients[j] = pixel * errors[j];
    else
      for (int j = 0; j < HIDDEN; j++) gradients[j] += pixel * errors[j];
  }
  return lit > 0;
}

/* weights −= gradients · rate · 2^−shift, rounded up as often as what is cut off says. */
static void descend(int16_t *weights, const int32_t *gradients, int n, int32_t rate, int shift) {
  uint32_t random = net.random;
  for (int j = 0; j < n; j++) {
    uint32_t fraction = next_word(&random) >> (32 - shift);
    int32_t weight = weights[j] - (int32_t)(((int64_t)gradients[j] * rate + fraction) >> shift);
    weights[j] = (int16_t)(weight > INT16_MAX ? INT16_MAX : weight < INT16_MIN ? INT16_MIN : weight);
  }
  net.random = random;
}
