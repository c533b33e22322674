/** The counting program's answers, and the work that a dense program would do. */
import * as v from 'valibot';
import { takesGreatest } from '#host/model/connections/kind';
import { graphOf } from '#host/model/graph';
import type { Recipe } from '#host/model/recipe';
import { runProgram } from '../contender.js';
import { eachPhase, type Phase } from './phases.js';

const amount = v.pipe(v.number(), v.minValue(0));

/** Means a sample. */
const phaseSchema = v.object({ products: amount, changes: amount, milliseconds: amount });

const countedSchema = v.object({
  samplesPerCpuSecond: amount,
  digest: v.string(),
  phases: v.object(eachPhase(() => phaseSchema)),
});

export type CountedWork = v.InferOutput<typeof countedSchema>;

export async function countWork(flags: readonly string[]): Promise<CountedWork> {
  return v.parse(countedSchema, JSON.parse(await runProgram('counting', 'roofline/measure-work.js', flags)));
}

/**
 * Multiply-accumulates a sample of the recipe with every unit sending in every iteration, and every weight updated: the
 * input once, both its phases sharing it; each further connection both ways in an iteration; in the update a product a
 * side, and one a minibatch with the rate. A weight that units share counts for each of them.
 */
export function denseWork(recipe: Recipe): Readonly<Record<Phase, number>> {
  const { connections, layers } = graphOf(recipe);
  const pairsOf = connections.map(
    ({ post, map }) => map.rows * layers[post].units * (takesGreatest(map) ? (map.pooled?.places ?? 1) : 1),
  );
  const [input, ...others] = pairsOf;
  const iteration = 2 * sum(others);
  const nudgedPhases = recipe.nudging === 'centered' ? 2 : 1;
  return {
    other: 0,
    input,
    free: recipe['free-iterations'] * iteration,
    nudged: nudgedPhases * recipe['nudged-iterations'] * iteration,
    contrast: 2 * sum(pairsOf),
    weights: sum(connections.map(({ weights }) => weights)) / recipe.minibatch,
    finish: 0,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
