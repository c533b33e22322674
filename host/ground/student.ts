/**
 * Student's t distribution of whole degrees of freedom by its finite sums, which are exact (Abramowitz and Stegun, 26.7.3
 * and 26.7.4). They go by the angle θ whose tangent is t/√freedom.
 */

/** Enough halvings of a right angle for all digits that a number has. */
const HALVINGS = 60;

/**
 * How far from zero t is with a probability of `confidence` at most: a mean ± t · standard error holds the true mean with
 * that confidence.
 * @param confidence above 0 and below 1
 * @param freedom degrees of freedom, a whole number from 1 on
 */
export function studentFactor(confidence: number, freedom: number): number {
  if (!Number.isInteger(freedom) || freedom < 1) throw new RangeError(`${freedom} degrees of freedom`);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence of ${confidence}`);
  let [low, high] = [0, Math.PI / 2];
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(high);
}

/** The probability that t is no further from zero than the angle's. */
function probabilityWithin(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= cosine ** 2 * ((power - 1) / power);
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
