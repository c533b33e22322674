import { expect, test } from 'vitest';
import { bytesNeeded } from '#host/firmware/index';
import { hindrances } from '#host/fleet/attendance';
import type { Capacity } from '#host/fleet/capacity';
import { offerOf } from '#host/fleet/offer';
import { presenceIn, presenceOf } from '#host/fleet/presence';
import { smallRecipe } from '../runs/small-data.js';

const recipe = smallRecipe();
const offer = offerOf({ experiment: '0123', title: 'comparison', since: 1 }, recipe);
const simulated: Capacity = {
  arena: { 8: Number.POSITIVE_INFINITY, 16: Number.POSITIVE_INFINITY, 32: Number.POSITIVE_INFINITY },
  cores: 1,
  isOne: false,
};
const small: Capacity = {
  arena: { 16: bytesNeeded(recipe, 'all', 1) - 1 },
  cores: 1,
  kernel: offer.kernel,
  isOne: true,
};

test.each([
  ['simulated', simulated],
  ['tcp://127.0.0.1:4000', small],
])('a worker is read as it was told: %s', (device, capacity) => {
  const presence = presenceOf('desk:1', device, 2, capacity);
  expect(presenceIn(JSON.stringify(presence))).toEqual([presence]);
});

test('of a path no more is told than its last part', () => {
  expect(presenceOf('desk:1', '/home/somebody/boards/mine', 1, simulated).device).toBe('mine');
  expect(presenceOf('desk:1', '/dev/ttyACM0', 1, simulated).device).toBe('ttyACM0');
});

test('what is no worker, as another version may write it, is left out', () => {
  const presence = presenceOf('desk:1', 'simulated', 2, simulated);
  const changes = [{ cores: 3 }, { arena: { 16: -1 } }, { name: undefined }, { kernels: 1 }];
  for (const change of changes) expect(presenceIn(JSON.stringify({ ...presence, ...change }))).toEqual([]);
  for (const text of [null, '', '{', '[]', 'null']) expect(presenceIn(text)).toEqual([]);
});

test('nobody is there, nobody takes them, somebody does', () => {
  const told = (...workers: Parameters<typeof hindrances>[1]) => [...hindrances([offer], workers).values()];
  expect(told()).toEqual([expect.stringContaining('no worker is there')]);
  const tight = ['desk:1', 'desk:2', 'desk:3', 'desk:4'].map((name) => presenceOf(name, 'tiny', 1, small));
  const old = { ...presenceOf('attic:1', 'simulated', 1, simulated), version: '0.0.1' };
  expect(told(...tight, old)).toEqual([
    expect.stringMatching(
      /^some of it fits no worker that is there: desk:1 \(tiny\), desk:2 \(tiny\), desk:3 \(tiny\), 1 more: it needs /,
    ),
    expect.stringContaining('attic:1 (simulated): it is of eqprop '),
  ]);
  expect(told(...tight, presenceOf('desk:5', 'simulated', 1, simulated))).toEqual([]);
  expect(hindrances([], []).size).toBe(0);
});
