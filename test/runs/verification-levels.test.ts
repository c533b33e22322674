/** How much of a run is done again changes what is noticed, and nothing of what is learnt. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseLevel, VerificationError } from '#host/verification/index';
import { Messages, REPLY } from '#host/wire/index';
import { some } from '../length.js';
import { type Answering, lyingAfter, type OddDevice, serve } from './odd-devices.js';
import { begin, goOn, type Recorded, roomForRuns, simulated, timeless } from './runs.js';
import { smallRecipe } from './small-data.js';

const { data, fresh } = roomForRuns();
let device: OddDevice | undefined;
const kept = smallRecipe({ start: 'persistent', training: '0..200', validation: '200..300' });

afterEach(async () => {
  await device?.end();
  device = undefined;
});

describe.each([
  ['a zero start', smallRecipe()],
  ['persistent states', kept],
])('from %s', (_, recipe) => {
  let whole: Recorded;
  beforeAll(async () => {
    whole = await begin({ data, folder: fresh(), recipe, compareEvery: 7 });
  });

  test.each(some(['all', 'every=4', 'off'], ['every=1']))('%s', async (level) => {
    const verification = parseLevel(level);
    const { result } = await begin({ data, folder: fresh(), recipe, compareEvery: 7, verification });
    expect(timeless(result.folder.metrics())).toEqual(timeless(whole.result.folder.metrics()));
    expect(result.parameters).toEqual(whole.result.parameters);
    const { checked, step } = result.position;
    // CONFIGURE's reply counts too.
    const sampled = { all: whole.result.position.checked, off: 0, 'every=1': step + 1 }[level];
    expect(checked).toBe(sampled ?? Math.ceil(step / 4) + 1);
  });

  test('interrupted and taken up without a twin', async () => {
    const folder = fresh();
    const verification = parseLevel('off');
    const interruptAt = (_: unknown, times: number) => times === 5;
    await begin({ data, folder, recipe, verification, interruptAt });
    const { result } = await goOn(folder, { verification });
    expect(result.position.digest).toBe(whole.result.position.digest);
  });

  test('on two threads', async () => {
    const on = { ...simulated, options: { ...simulated.options, threads: 2 } };
    const { result } = await begin({ data, folder: fresh(), recipe, device: on, compareEvery: 7 });
    expect(timeless(result.folder.metrics())).toEqual(timeless(whole.result.folder.metrics()));
  });
});

describe('a device that errs', () => {
  async function on(answering: Answering, level: string) {
    device = await serve(answering);
    return begin({
      data,
      folder: fresh(),
      recipe: smallRecipe(),
      device: { device: device.spec, options: { baudRate: 115_200 }, patience: 60_000 },
      verification: parseLevel(level),
    });
  }

  test('in a sampled minibatch is found in it', async () => {
    const run = on(lyingAfter(5), 'every=4');
    await expect(run).rejects.toBeInstanceOf(VerificationError);
    await expect(run).rejects.toThrow("train 4: the device's weights is");
  });

  test('before one is found by its digest', async () => {
    const run = on(lyingAfter(4), 'every=4');
    await expect(run).rejects.toBeInstanceOf(VerificationError);
    await expect(run).rejects.toThrow("train 4: the device's parameters have not the digest");
  });

  test('between two is not found', async () => {
    await expect(on(lyingAfter(3), 'every=4')).resolves.toBeDefined();
  });

  test('in a parameter read back is found at the epoch’s end', async () => {
    const read = Messages.read.code | REPLY;
    const lying: Answering = (answer) => {
      if (answer.type !== read) return answer;
      const payload = answer.payload.slice();
      payload[payload.length - 1] ^= 1;
      return { ...answer, payload };
    };
    const run = on(lying, 'all');
    await expect(run).rejects.toBeInstanceOf(VerificationError);
    await expect(run).rejects.toThrow("weights 0: the device's element");
  });
});

test.each(some(['every=4'], ['every=2']))('%s with weights that saturate', async (level) => {
  const recipe = smallRecipe({
    ...{ network: '36-6-4', 'initial-scale': 2, rates: [0.05, 1] },
    ...{ weights: 'Q0.15', states: 'Q4.11' },
  });
  const { result } = await begin({ data, folder: fresh(), recipe, verification: parseLevel(level) });
  expect(result.position.saturations).toBeGreaterThan(0);
  expect(result.position.checked).toBeGreaterThan(1);
});

test.each(['', 'some', 'every', 'every=0', 'every=-1', 'every=1.5'])("'%s' is no level", (text) => {
  expect(() => parseLevel(text)).toThrow(`there is no verification '${text}'`);
});
