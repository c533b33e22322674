/** PyTorch, by a script of its own; whoever has neither is told so, and the rest runs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { lastLines, runCommand } from '#host/firmware/command';
import { UserError } from '#host/ground/errors';
import type { Contender } from '../contender.js';
import { shortPath } from '../folders.js';
import type { Measurement } from '../measurement.js';
import { recipeOf, type Task } from '../task.js';

const INTERPRETERS = ['python3', '/usr/bin/python3', 'python'];
/** One thread, whichever library multiplies. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/**
 * @param given the script's path, from the command line; else EQPROP_TORCH_SCRIPT's
 * @returns the contender, or why there is none
 * @throws `UserError` where a script was named and is not there
 */
export async function findTorch(given: string | undefined): Promise<Contender | string> {
  // Set to nothing is not set.
  const named = given ?? (process.env.EQPROP_TORCH_SCRIPT || undefined);
  if (named === undefined)
    return 'no script is named: --torch-script or EQPROP_TORCH_SCRIPT takes its path (bench/host/README.md says what it must do)';
  const script = resolve(named);
  if (!existsSync(script))
    throw new UserError(
      `there is no file ${named}`,
      `${given === undefined ? 'EQPROP_TORCH_SCRIPT' : '--torch-script'} takes the PyTorch script; leave it out to run without this peer`,
    );
  for (const interpreter of INTERPRETERS) {
    const { status } = await runCommand(interpreter, ['-c', 'import torch']);
    if (status === 0) return { name: 'torch', measure: (task) => measure(interpreter, script, task) };
  }
  return `none of ${INTERPRETERS.join(', ')} has torch`;
}

/** The script's flags that say what is trained: the recipe's, where the script's own may differ. */
function workFlags(task: Pick<Task, 'preset' | 'overrides'>): readonly string[] {
  const recipe = recipeOf(task);
  const flags = {
    net: recipe.network,
    batch: recipe.minibatch,
    free: recipe['free-iterations'],
    nudge: recipe['nudged-iterations'],
    eps: recipe.epsilon,
    beta: recipe.beta,
    alphas: recipe.rates.join(','),
  };
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function measure(interpreter: string, script: string, task: Task): Promise<Measurement> {
  const recipe = recipeOf(task);
  const timing = ['--threads', '1', '--seconds', String(task.seconds), '--repeats', '1'];
  const outcome = await runCommand(interpreter, [script, ...workFlags(task), ...timing], {
    env: { ...process.env, ...ONE_THREAD },
  });
  const [, perSecond, perCpuSecond] =
    /samples\/s .*median=([\d.]+) .*per CPU-second .*median=([\d.]+)/.exec(lastLines(outcome.output, 1)) ??
    [];
  if (outcome.status !== 0 || perCpuSecond === undefined)
    throw new UserError(
      `${shortPath(script)} did not say how fast it was:\n${lastLines(outcome.errors || outcome.output)}`,
      'the benchmark reads its last line: … samples/s … median=x … per CPU-second … median=y',
    );
  const [, version] = /^# torch (\S+)/m.exec(outcome.output) ?? [];
  const samplesPerSecond = Number(perSecond);
  const samplesPerCpuSecond = Number(perCpuSecond);
  // The script times itself, and tells no counts.
  const samples = Math.round(samplesPerSecond * task.seconds);
  return {
    contender: 'torch',
    network: recipe.network,
    samples,
    seconds: task.seconds,
    cpuSeconds: samples / samplesPerCpuSecond,
    samplesPerSecond,
    samplesPerCpuSecond,
    freeIterations: recipe['free-iterations'],
    nudgedIterations: recipe['nudged-iterations'],
    ...(version !== undefined && { version }),
  };
}
