/** How long a piece of work takes once it has been done often enough. */

/** Times it is done at least, whatever the budget. */
const LEAST = 2;

/**
 * Milliseconds of a run, from the later half of those that the budget allows: code is compiled and untrained networks
 * relax longest during the first ones.
 * @param most runs there are
 * @param budget milliseconds
 */
export async function settledPace(
  run: (n: number) => Promise<unknown>,
  most: number,
  budget: number,
): Promise<number> {
  const began = performance.now();
  const ends = [began];
  for (let n = 0; n < most && (n < LEAST || ends[n] - began < budget); n++) {
    await run(n);
    ends.push(performance.now());
  }
  const runs = ends.length - 1;
  const half = Math.floor(runs / 2);
  return (ends[runs] - ends[half]) / (runs - half);
}
