/**
 * How busy training keeps the line and the device, on MNIST at 115,200 and 921,600 baud with 5 ms each way, and what
 * one lost frame in a hundred costs.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRecipe } from '#host/model/recipe-check';
import { readPreset } from '#host/training/presets';
import { startRun } from '#host/training/run';
import { BusyDevice } from '../faults/busy-line.js';
import { FaultProxy } from '../faults/proxy.js';
import type { Faults } from '../faults/spoiler.js';
import { temporaryFolder } from '../training/small-data.js';

const LATENCY = 5;
/** Of a frame with an image. */
const FRAME = 162;
let temporary: ReturnType<typeof temporaryFolder>;
let runs = 0;

beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => temporary.remove());

interface Use {
  readonly seconds: number;
  readonly lineBusy: number;
  readonly deviceBusy: number;
  readonly bytesPerImage: number;
  readonly fullest: number;
}

async function measure(
  preset: string,
  images: number,
  baud: number,
  train: number,
  window: number,
  faults?: Faults,
): Promise<Use> {
  const device = new BusyDevice({ window, train });
  const proxy = await FaultProxy.start({
    device: device.open,
    baud,
    latency: LATENCY,
    ...(faults && { toDevice: faults, fromDevice: faults }),
  });
  const { values, source } = readPreset(preset);
  const recipe = checkRecipe({ ...values, epochs: 1, training: `0..${images}` }, source);
  const marks: { at: number; bytes: number; worked: number; images: number }[] = [];
  const interruption = new AbortController();
  try {
    await startRun(
      {
        recipe,
        preset,
        device: { device: proxy.spec, options: { baudRate: baud }, patience: 10_000 },
        folder: join(temporary.path, `run-${runs++}`),
        shadow: false,
        compareEvery: 0,
        checkpointInterval: 1e9,
        verification: { kind: 'digest' },
      },
      {
        onStart: () => undefined,
        onLost: () => undefined,
        onMetrics: () => undefined,
        onProgress: ({ done, phase }) => {
          if (phase !== 'training') interruption.abort();
          else
            marks.push({
              at: performance.now(),
              bytes: proxy.bytes.toDevice,
              worked: device.worked,
              images: done,
            });
        },
      },
      interruption.signal,
    );
  } finally {
    await proxy.end();
  }
  // The pipeline fills during the first minibatches and empties during the last.
  const [from, to] = [marks[2], marks[marks.length - 4]];
  const seconds = (to.at - from.at) / 1000;
  return {
    seconds,
    lineBusy: ((to.bytes - from.bytes) * 10) / baud / seconds,
    deviceBusy: (to.worked - from.worked) / 1000 / seconds,
    bytesPerImage: (to.bytes - from.bytes) / (to.images - from.images),
    fullest: device.fullest,
  };
}

describe.each([115_200, 921_600])('%i baud', (baud) => {
  const perImage = (FRAME * 10 * 1000) / baud;
  test.each([
    ['the line is the bottleneck', 'small', 0.6, 4096],
    ['the line is the bottleneck', 'small', 0.6, 8192],
    ['the device is', 'small', 1.5, 4096],
    ['the device is', 'small', 1.5, 8192],
    ['the line is', 'tiny', 0.6, 2048],
    ['the device is', 'tiny', 1.5, 2048],
  ] as const)('%s, preset %s, device takes %d of the line, window %i', async (_, preset, share, window) => {
    const batch = Number(readPreset(preset).values.minibatch ?? 20);
    const images = baud > 500_000 ? 2400 : 600;
    const use = await measure(preset, images, baud, perImage * share * batch, window);
    console.log({ baud, preset, share, window, ...use });
    expect(share < 1 ? use.lineBusy : use.deviceBusy).toBeGreaterThan(0.95);
  });
});
