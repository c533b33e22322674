/** Runs over lines that fail, each to the same end as over one that does not. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openDevice } from '#host/devices/index';
import { some } from '../length.js';
import { begin, type Recorded, roomForRuns, timeless } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { kernelLine } from './kernel-line.js';
import { FaultProxy, type ProxyOptions } from './proxy.js';
import { faultKinds, faultsEvery } from './spoiler.js';

type Device = ProxyOptions['device'];
/** Another build of the kernel counts other multiply-accumulates: each is held against itself. */
const ownThread: Device = () => openDevice('simulated', { baudRate: 115_200, arena: 1 << 20, window: 4096 });
const recipe = smallRecipe({ start: 'persistent', epochs: 3 });
const { data, fresh } = roomForRuns();
const undisturbed = new Map<Device, Recorded>();

beforeAll(async () => {
  for (const device of [kernelLine, ownThread]) undisturbed.set(device, (await over({ device })).run);
});

async function over(options: Partial<ProxyOptions>) {
  const proxy = await FaultProxy.start({ device: kernelLine, ...options });
  try {
    const choice = { device: proxy.spec, options: { baudRate: 115_200 }, patience: 5000 };
    const plan = { data, folder: fresh(), recipe, device: choice, checkpointInterval: 50 };
    const run = await begin(plan);
    return { run, proxy, whole: undisturbed.get(options.device ?? kernelLine) };
  } finally {
    await proxy.end();
  }
}

function expectNothingLost({ run, whole }: Awaited<ReturnType<typeof over>>): void {
  const [{ result }, expected] = [run, whole?.result];
  expect(result.position.digest).toBe(expected?.position.digest);
  expect(result.parameters).toEqual(expected?.parameters);
  expect(result.test).toEqual(expected?.test);
  expect(timeless(result.folder.metrics())).toEqual(timeless(expected?.folder.metrics() ?? []));
}

describe('a run ends with the same weights and the same metrics', () => {
  test.each(faultKinds)('%s', async (kind) => {
    const faults = faultsEvery(1500, [kind]);
    const outcome = await over({ seed: 3, toDevice: faults, fromDevice: faults });
    expect(outcome.proxy.counts[kind]).toBeGreaterThan(20);
    expectNothingLost(outcome);
  });

  test.each(some([1], [2, 3]))('all kinds at once, seed %i', async (seed) => {
    const outcome = await over({ seed, toDevice: faultsEvery(400), fromDevice: faultsEvery(400) });
    expectNothingLost(outcome);
  });

  test('latency and jitter', async () => {
    const outcome = await over({ latency: 2, jitter: 3, toDevice: faultsEvery(3000) });
    expectNothingLost(outcome);
  });

  test.each(some([1], [2, 3]))('a device reset at any byte, seed %i', async (seed) => {
    const outcome = await over({ seed, resetEvery: 30_000 });
    expect(outcome.proxy.cuts.reset).toBeGreaterThan(1);
    expect(outcome.run.losses.length).toBeGreaterThan(0);
    expectNothingLost(outcome);
  });

  test('a connection lost at any byte', async () => {
    const outcome = await over({ seed: 4, disconnectEvery: 30_000 });
    expect(outcome.proxy.cuts.disconnect).toBeGreaterThan(1);
    expectNothingLost(outcome);
  });

  test('everything at once, on a device of its own thread', async () => {
    const outcome = await over({
      device: ownThread,
      seed: 5,
      jitter: 1,
      toDevice: faultsEvery(1000),
      fromDevice: faultsEvery(1000),
      resetEvery: 60_000,
      disconnectEvery: 60_000,
    });
    expectNothingLost(outcome);
  });
});
