/** Runs on devices that are not what they should be. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { loadRun } from '#host/records/index';
import { VerificationError } from '#host/verification/index';
import {
  type Answering,
  honest,
  lyingAfter,
  type OddDevice,
  ofAnotherKernel,
  ofAnotherSchema,
  saturatingTimes,
  serve,
  silent,
  silentAfter,
} from './odd-devices.js';
import { begin, goOn, type Recorded, roomForRuns, timeless } from './runs.js';
import { smallRecipe } from './small-data.js';

const { data, fresh } = roomForRuns();
let device: OddDevice | undefined;
let whole: Recorded;
const recipe = smallRecipe();

beforeAll(async () => {
  whole = await begin({ data, folder: fresh(), recipe });
});
afterEach(() => device?.end());

async function on(answering: Answering, patience = 5000) {
  device = await serve(answering);
  return { device: device.spec, options: { baudRate: 115_200 }, patience };
}

test('the same over TCP', async () => {
  const { result } = await begin({ data, folder: fresh(), recipe, device: await on(honest) });
  expect(result.position.digest).toBe(whole.result.position.digest);
});

test('saturations are counted on where 32 bits of them wrap', async () => {
  const changes = { network: '36-6-4', 'initial-scale': 2.0, rates: [0.05, 1] };
  const saturating = smallRecipe({ ...changes, weights: 'Q0.15', states: 'Q4.11' });
  const plan = { data, recipe: saturating };
  const { saturations } = (await begin({ ...plan, folder: fresh() })).result.position;
  // No minibatch of this run saturates more than three weights: what is told wraps between minibatches alone.
  const times = 2 ** 30;
  expect(saturations * times).toBeGreaterThan(2 ** 32);
  const choice = await on(saturatingTimes(times));
  const verification = { kind: 'off' } as const;
  const { result } = await begin({ ...plan, folder: fresh(), device: choice, verification });
  expect(result.position.saturations).toBe(saturations * times);
});

describe('refused', () => {
  test('a device that is silent', async () => {
    const run = begin({ data, folder: fresh(), recipe, device: await on(silent, 300) });
    await expect(run).rejects.toBeInstanceOf(UserError);
    await expect(run).rejects.toThrow('no answer from the device within 0.3 s');
  });

  test('a device that speaks another version', async () => {
    const run = begin({ data, folder: fresh(), recipe, device: await on(ofAnotherSchema) });
    await expect(run).rejects.toBeInstanceOf(DeviceError);
    await expect(run).rejects.toMatchObject({
      message: 'hello: the device speaks schema 111, not 222',
      hint: expect.stringContaining('same version'),
    });
  });

  test('a device that runs another kernel', async () => {
    const choice = await on(ofAnotherKernel);
    const run = begin({ data, folder: fresh(), recipe, device: choice });
    await expect(run).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        new RegExp(`^${choice.device} runs kernel 000000000000abcd, this program has [0-9a-f]{16}$`),
      ),
      hint: expect.stringContaining('same version'),
    });
  });
});

test('a device that lies stops the run; what was saved before can be gone on from', async () => {
  const folder = fresh();
  const choice = await on(lyingAfter(30));
  const run = begin({ data, folder, recipe, device: choice });
  await expect(run).rejects.toBeInstanceOf(VerificationError);
  await expect(run).rejects.toThrow(/^train 29: the device's weights is \d+, the twin has \d+$/);
  expect(loadRun(folder).state.position.step).toBe(19);
  const resumed = await goOn(folder);
  expect(resumed.result.position.digest).toBe(whole.result.position.digest);
  expect(timeless(resumed.result.folder.metrics())).toEqual(timeless(whole.result.folder.metrics()));
});

test('a device that falls silent in the middle', async () => {
  const folder = fresh();
  const run = begin({ data, folder, recipe, device: await on(silentAfter(25), 500) });
  await expect(run).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('the device has been silent for'),
    hint: expect.stringContaining('--resume'),
  });
  const resumed = await goOn(folder);
  expect(resumed.start?.step).toBe(19);
  expect(resumed.result.position.digest).toBe(whole.result.position.digest);
});
