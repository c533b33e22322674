/** A run in Node, exported, and what it answers there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { loadDataset } from '#host/data/index.js';
import { writeExport } from '#host/export/index.js';
import { checkRecipe, formatsOf, graphOf, pictured, readPreset } from '#host/model/index.js';
import { loadModel, type Prediction } from '#host/prediction/index.js';
import { loadResult } from '#host/records/index.js';
import { runInNode } from './in-node.js';

export interface Exported {
  readonly folder: string;
  /** Paths of its files. */
  readonly files: readonly string[];
  readonly digest: string;
  /** Answers to the first images of the test set. */
  readonly answers: readonly Prediction[];
  readonly images: readonly Uint8Array[];
}

const ANSWERS = 5;

/** Call at a file's top: trains `tiny` on some digits, once. */
export function withExport(): () => Exported {
  let exported: Exported | undefined;
  const room = mkdtempSync(join(tmpdir(), 'eqprop-export-'));
  beforeAll(async () => {
    exported = await exportInNode(room);
  });
  afterAll(() => rmSync(room, { recursive: true }));
  return () => exported!;
}

async function exportInNode(room: string): Promise<Exported> {
  const { values, source } = readPreset('tiny');
  const own = { network: '784-16-10', training: '0..2000', epochs: 1 };
  const run = join(room, 'run');
  await runInNode(run, checkRecipe({ ...values, ...own }, source));
  const { state, parameters } = loadResult(run);
  const { recipe, position, picture } = state;
  const folder = join(room, 'export');
  const names = await writeExport(
    {
      network: recipe.network,
      recipe,
      graph: graphOf(pictured(recipe, picture)),
      formats: formatsOf(recipe),
      ...parameters,
      digest: BigInt(`0x${position.digest}`),
      step: position.step,
    },
    folder,
  );
  const { test, pixels } = await loadDataset();
  const model = loadModel(run);
  const images = Array.from({ length: ANSWERS }, (_, n) => test.images.slice(n * pixels, (n + 1) * pixels));
  return {
    folder,
    files: names.map((name) => join(folder, name)),
    digest: position.digest,
    answers: images.map((image) => model.predictInputs(image)),
    images,
  };
}
