/**
 * Products of dense float32 matrices, four rows of weights at a time: each sum is then loaded and stored once for four
 * products, and four products at once wait for each other's results less. `w` is row-major [pre][post].
 */

/** sums[n][post] += x[n][pre] · w[pre][post] for n samples. */
export function addForward(
  x: Float32Array,
  w: Float32Array,
  sums: Float32Array,
  samples: number,
  pre: number,
  post: number,
): void {
  const whole = pre - (pre % 4);
  // Rows outside, samples inside: the weights pass by once for all samples.
  for (let i = 0; i < whole; i += 4) {
    const w0 = i * post;
    const w1 = w0 + post;
    const w2 = w1 + post;
    const w3 = w2 + post;
    for (let n = 0; n < samples; n++) {
      const from = n * pre + i;
      const x0 = x[from];
      const x1 = x[from + 1];
      const x2 = x[from + 2];
      const x3 = x[from + 3];
      // An image's margin is black.
      if (x0 === 0 && x1 === 0 && x2 === 0 && x3 === 0) continue;
      const to = n * post;
      for (let j = 0; j < post; j++)
        sums[to + j] += x0 * w[w0 + j] + x1 * w[w1 + j] + x2 * w[w2 + j] + x3 * w[w3 + j];
    }
  }
  for (let i = whole; i < pre; i++)
    for (let n = 0; n < samples; n++) {
      const rate = x[n * pre + i];
      for (let j = 0; j < post; j++) sums[n * post + j] += rate * w[i * post + j];
    }
}

/** sums[n][pre] += x[n][post] · w[pre][post]: the same weights, backwards. */
export function addBackward(
  x: Float32Array,
  w: Float32Array,
  sums: Float32Array,
  samples: number,
  pre: number,
  post: number,
): void {
  const whole = pre - (pre % 4);
  for (let i = 0; i < whole; i += 4) {
    const w0 = i * post;
    const w1 = w0 + post;
    const w2 = w1 + post;
    const w3 = w2 + post;
    for (let n = 0; n < samples; n++) {
      const from = n * post;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < post; j++) {
        const rate = x[from + j];
        s0 += rate * w[w0 + j];
        s1 += rate * w[w1 + j];
        s2 += rate * w[w2 + j];
        s3 += rate * w[w3 + j];
      }
      const to = n * pre + i;
      sums[to] += s0;
      sums[to + 1] += s1;
      sums[to + 2] += s2;
      sums[to + 3] += s3;
    }
  }
  for (let i = whole; i < pre; i++)
    for (let n = 0; n < samples; n++) {
      let sum = 0;
      for (let j = 0; j < post; j++) sum += x[n * post + j] * w[i * post + j];
      sums[n * pre + i] += sum;
    }
}

/** w[pre][post] += factor · Σ_n a[n][pre] · b[n][post]. */
export function addOuter(
  factor: number,
  a: Float32Array,
  b: Float32Array,
  w: Float32Array,
  samples: number,
  pre: number,
  post: number,
): void {
  const whole = samples - (samples % 4);
  for (let i = 0; i < pre; i++) {
    const to = i * post;
    for (let n = 0; n < whole; n += 4) {
      const a0 = factor * a[n * pre + i];
      const a1 = factor * a[(n + 1) * pre + i];
      const a2 = factor * a[(n + 2) * pre + i];
      const a3 = factor * a[(n + 3) * pre + i];
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) continue;
      const b0 = n * post;
      const b1 = b0 + post;
      const b2 = b1 + post;
      const b3 = b2 + post;
      for (let j = 0; j < post; j++)
        w[to + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
    }
    for (let n = whole; n < samples; n++) {
      const rate = factor * a[n * pre + i];
      for (let j = 0; j < post; j++) w[to + j] += rate * b[n * post + j];
    }
  }
}
