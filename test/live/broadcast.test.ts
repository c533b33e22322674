import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { Broadcast } from '#host/live/broadcast';
import { holdLease, releaseLease } from '#host/live/lease';
import { LIVE, readLive } from '#host/live/live-file';
import { graphOf, type NetworkParameters } from '#host/model/index';
import { emptyTally, type Position, type Progress } from '#host/records/index';
import { smallRecipe, temporaryFolder, writeSmallData } from '../runs/small-data.js';

const graph = graphOf(smallRecipe());

const progress: Progress = {
  phase: 'training',
  epoch: 1,
  epochs: 2,
  done: 4,
  total: 8,
  wrong: 2,
  checked: 3,
};
const position: Position = {
  ...{ step: 1, digest: 'abc', saturations: 0, checked: 3, seconds: 1 },
  tally: { ...emptyTally(), samples: 4, wrong: 2 },
};
const line = { bytesSent: 10, bytesReceived: 20, resent: 1, polls: 0, damaged: 0 };
const parameters: NetworkParameters = {
  weights: graph.connections.map(({ weights }, k) => new Int16Array(weights).fill(k + 1)),
  biases: graph.layers.slice(1).map(({ biases }, k) => new Int32Array(biases).fill(-k)),
};

describe('a run under way', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let dataset: Dataset;
  let now: number;
  let touches: number;

  beforeEach(async () => {
    folder = temporaryFolder();
    writeSmallData(folder.path);
    dataset = await loadDataset(folder.path);
    [now, touches] = [0, 0];
  });
  afterEach(() => folder.remove());

  /** Somebody looks on still: the file's time is another. */
  function watch(): void {
    holdLease(folder.path);
    touches++;
    utimesSync(join(folder.path, 'watched'), touches, touches);
  }

  function begin(): Broadcast {
    const source = { folder: folder.path, device: 'simulated', dataset };
    return new Broadcast(
      { ...source, position: () => position, line: () => line, learnt: () => undefined },
      () => now,
    );
  }
  const live = () => readLive(folder.path, graph, 16);
  const doneWhen = (broadcast: Broadcast, at: number, done: number) => {
    now = at;
    broadcast.progress({ ...progress, done });
    return live()?.state.progress.done;
  };

  test('writes nothing while nobody looks on', () => {
    begin().progress(progress);
    expect(live()).toBeUndefined();
    expect(readdirSync(folder.path)).not.toContain(LIVE);
  });

  test('tells all that it has heard to whoever looks on', () => {
    const broadcast = begin();
    watch();
    const indices = Uint32Array.of(3, 5, 7, 9);
    const labels = Uint8Array.of(1, 2, 3, 0);
    const tally = { ...emptyTally(), samples: 4, wrong: 2, cost: 1.5 };
    broadcast.answers({ step: 1, indices, labels, predictions: Uint8Array.of(1, 0, 3, 2), tally });
    broadcast.parameters(parameters);
    broadcast.progress(progress);
    const { state, parameters: told } = live() ?? {};
    expect(state).toMatchObject({ progress, position, line, device: 'simulated', dataset: dataset.name });
    expect(state?.stretches).toMatchObject([{ step: 1, samples: 4, wrong: 2, cost: 1.5 }]);
    const image = (n: number) => Buffer.from(dataset.training.images.subarray(36 * n, 36 * (n + 1)));
    expect(state?.missed).toEqual([
      { index: 5, label: 2, predicted: 0, image: image(5).toString('base64') },
      { index: 9, label: 0, predicted: 2, image: image(9).toString('base64') },
    ]);
    expect(told).toEqual(parameters);
  });

  test('tells of the speed of training, and of evaluations that they take nothing from it', () => {
    const broadcast = begin();
    const hear = (at: number, phase: Progress['phase']) => {
      watch();
      now = at;
      broadcast.progress({ ...progress, phase });
      return live()?.state.samplesPerSecond;
    };
    const answers = { indices: new Uint32Array(100), labels: new Uint8Array(100) };
    broadcast.answers({ step: 1, ...answers, predictions: answers.labels, tally: emptyTally() });
    expect(hear(4000, 'training')).toBe(25);
    expect(hear(8000, 'validation')).toBe(25);
    broadcast.answers({ step: 2, ...answers, predictions: answers.labels, tally: emptyTally() });
    expect(hear(10_000, 'training')).toBe(50);
  });

  test('writes at intervals, and no more once nobody has looked on for three of them', () => {
    const broadcast = begin();
    watch();
    expect(doneWhen(broadcast, 0, 1)).toBe(1);
    expect(doneWhen(broadcast, 1999, 2)).toBe(1);
    expect(doneWhen(broadcast, 2000, 3)).toBe(3);
    expect(doneWhen(broadcast, 4000, 4)).toBe(4);
    expect(doneWhen(broadcast, 6000, 5)).toBe(4);
    watch();
    expect(doneWhen(broadcast, 8000, 6)).toBe(6);
    releaseLease(folder.path);
    expect(doneWhen(broadcast, 10_000, 7)).toBe(6);
  });

  test('takes away what an earlier run has left, and what it has written itself', () => {
    writeFileSync(join(folder.path, LIVE), 'of another run');
    const broadcast = begin();
    expect(existsSync(join(folder.path, LIVE))).toBe(false);
    watch();
    broadcast.progress(progress);
    expect(existsSync(join(folder.path, LIVE))).toBe(true);
    broadcast.end();
    for (const name of [LIVE, 'watched']) expect(existsSync(join(folder.path, name))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('goes on where a look at the folder ends in circles', () => {
    const broadcast = begin();
    symlinkSync('watched', join(folder.path, 'watched'));
    expect(doneWhen(broadcast, 0, 1)).toBeUndefined();
    holdLease(folder.path);
    expect(doneWhen(broadcast, 2000, 2)).toBe(2);
  });

  test('goes on where the file cannot be written', () => {
    const broadcast = begin();
    watch();
    mkdirSync(join(folder.path, LIVE));
    writeFileSync(join(folder.path, LIVE, 'in the way'), '');
    broadcast.progress(progress);
    expect(live()).toBeUndefined();
    expect(readdirSync(folder.path).filter((name) => name.startsWith(LIVE))).toEqual([LIVE]);
  });

  test.each([
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, -40)],
    ['is damaged', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(0)])],
    ['is something else', () => Buffer.from('{}')],
  ])('what it wrote is nothing where it %s', (_, spoil) => {
    const broadcast = begin();
    watch();
    broadcast.progress(progress);
    const path = join(folder.path, LIVE);
    writeFileSync(path, spoil(readFileSync(path)));
    expect(live()).toBeUndefined();
  });

  test('what it wrote is nothing for a network of another shape', () => {
    const broadcast = begin();
    broadcast.parameters(parameters);
    watch();
    broadcast.progress(progress);
    expect(readLive(folder.path, graphOf(smallRecipe({ network: '36-23-4' })), 16)).toBeUndefined();
  });
});
