/**
 * How busy training keeps the line and the device, on MNIST at 115,200 and 921,600 baud with 5 ms each way, and what
 * one lost frame in a hundred costs. The host is a process of its own, as it is beside a board.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPreset } from '#host/model/index';
import { BusyDevice } from '../faults/busy-line.js';
import { FaultProxy } from '../faults/proxy.js';
import { type Faults, faultsEvery } from '../faults/spoiler.js';
import { temporaryFolder } from '../runs/small-data.js';

const program = fileURLToPath(new URL('../../dist/host/cli/start.js', import.meta.url));
/** Milliseconds one way. */
const LATENCY = 5;
/** Bytes of a frame with an image. */
const FRAME = 177;
/** Bytes of an acknowledgement's frame. */
const ANSWER = 13;
/** Minibatches during which the pipeline fills, and a retry finds its time. */
const WARM_UP = 4;
let temporary: ReturnType<typeof temporaryFolder>;
let runs = 0;

beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => temporary.remove());

interface Case {
  readonly preset: string;
  readonly baud: number;
  /** Milliseconds that the device takes over a digit. */
  readonly work: number;
  readonly window: number;
  readonly images: number;
  /** Bits flipped, each way. */
  readonly toDevice?: Faults;
  readonly fromDevice?: Faults;
}

interface Use {
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly lineBusy: number;
  readonly deviceBusy: number;
  readonly bytesPerImage: number;
  /** Most bytes that waited in the device's ring. */
  readonly fullest: number;
}

/** Milliseconds that a digit takes on the line. */
const onLine = (baud: number) => (FRAME * 10 * 1000) / baud;

async function measure({ preset, baud, work, window, images, ...faults }: Case): Promise<Use> {
  const minibatch = Number(readPreset(preset).values.minibatch ?? 20);
  const minibatches = WARM_UP + images / minibatch;
  const marks: { at: number; bytes: number; worked: number }[] = [];
  const device = new BusyDevice({
    window,
    train: work * minibatch,
    onTrained: () => {
      marks.push({ at: performance.now(), bytes: proxy.bytes.toDevice, worked: device.worked });
      if (marks.length > minibatches) host?.kill('SIGKILL');
    },
  });
  const proxy = await FaultProxy.start({
    device: device.open,
    baud,
    latency: LATENCY,
    ...faults,
  });
  const options = [
    '--device',
    proxy.spec,
    '--paced',
    '--baud',
    String(baud),
    '--out',
    join(temporary.path, `run-${runs++}`),
    '--quiet',
  ];
  const host = spawn(process.execPath, [program, 'train', '--preset', preset, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(host, 'exit');
  await proxy.end();
  const [from, to] = [marks[WARM_UP], marks[minibatches]];
  const seconds = (to.at - from.at) / 1000;
  const bytes = to.bytes - from.bytes;
  return {
    seconds,
    imagesPerSecond: images / seconds,
    lineBusy: (bytes * 10) / baud / seconds,
    deviceBusy: (to.worked - from.worked) / 1000 / seconds,
    bytesPerImage: bytes / images,
    fullest: device.fullest,
  };
}

describe.each([115_200, 921_600])('%i baud', (baud) => {
  const isFast = baud > 500_000;
  const images = isFast ? 8000 : 1200;

  // Windows that hold what comes during a round trip and a minibatch's relaxation.
  test.each([
    ['the line is the bottleneck', 'small', 0.6, 8192],
    ['the device is', 'small', 1.5, 8192],
    ['the line is', 'tiny', 0.6, isFast ? 4096 : 2048],
    ['the device is', 'tiny', 1.5, isFast ? 4096 : 2048],
  ] as const)('%s, preset %s, device takes %d of the line, window %i', async (_, preset, share, window) => {
    const use = await measure({ preset, baud, work: share * onLine(baud), window, images });
    console.log({ baud, preset, share, window, ...use });
    expect(share < 1 ? use.lineBusy : use.deviceBusy).toBeGreaterThan(0.95);
  });

  test.each([
    ['small', 0.6],
    ['small', 1.5],
    ['tiny', 0.6],
  ] as const)('one frame lost in a hundred: preset %s, device takes %d of the line', async (preset, share) => {
    const plan = { preset, baud, work: share * onLine(baud), window: 8192, images };
    const clean = await measure(plan);
    const lossy = await measure({
      ...plan,
      toDevice: faultsEvery(100 * FRAME, ['flip']),
      fromDevice: faultsEvery(100 * ANSWER, ['flip']),
    });
    const kept = lossy.imagesPerSecond / clean.imagesPerSecond;
    console.log({ baud, preset, share, kept, clean, lossy });
    expect(kept).toBeGreaterThan(0.95);
  });
});

test.each([
  10, 5,
])('a board that takes %i ms over a digit learns faster by a faster line and a wider window', async (work) => {
  const lines = [
    [115_200, 2048],
    [921_600, 2048],
    [921_600, 4096],
    [921_600, 8192],
  ] as const;
  const speeds: number[] = [];
  for (const [baud, window] of lines) {
    const images = baud > 500_000 ? 1500 : 600;
    const { imagesPerSecond } = await measure({ preset: 'small', baud, work, window, images });
    console.log({ work, baud, window, imagesPerSecond });
    speeds.push(imagesPerSecond);
  }
  expect(speeds[3] / speeds[0]).toBeGreaterThan(1.8);
});
