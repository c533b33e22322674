import { expect, test } from 'vitest';
import { bytesNeeded } from '#host/firmware/index';
import type { Capacity } from '#host/fleet/capacity';
import { misfit, offerOf } from '#host/fleet/offer';
import { presenceOf } from '#host/fleet/presence';
import { smallRecipe } from '../runs/small-data.js';

const recipe = smallRecipe();
const submitted = { experiment: '0123', title: 'comparison', since: 1 };
const offer = offerOf(submitted, recipe);
const needed = bytesNeeded(recipe, 'all', 1);
const capacity: Capacity = { arena: { 16: needed }, cores: 1, isOne: false };
const worker = presenceOf('desk:1', 'simulated', 1, capacity);

test('runs of one kernel and one need share a queue, others have one of their own', () => {
  const same = offerOf(submitted, smallRecipe({ seed: 2, weights: 'Q2.13' }));
  expect(same.queue).toBe(offer.queue);
  for (const changes of [{ network: '36-25-4' }, { weights: 'Q1.6' }])
    expect(offerOf(submitted, smallRecipe(changes)).queue).not.toBe(offer.queue);
  expect(offerOf({ ...submitted, experiment: '4567' }, recipe).queue).not.toBe(offer.queue);
});

test('a device takes what fits to the byte', () => {
  expect(misfit(offer, worker)).toBeUndefined();
  expect(misfit(offer, { ...worker, arena: { 16: needed - 1 } })).toContain(
    ' bytes of arena, the device has ',
  );
  expect(misfit(offer, { ...worker, arena: { 8: needed } })).toBe(
    'the device has no kernel for weights of 16 bits',
  );
});

test('another version, another kernel, a device with another kernel are told apart', () => {
  expect(misfit({ ...offer, version: '9.9.9' }, worker)).toContain('it is of eqprop 9.9.9, the worker of ');
  expect(misfit({ ...offer, kernel: '0123456789abcdef' }, worker)).toContain(
    'its kernel is 0123456789abcdef',
  );
  expect(misfit(offer, { ...worker, kernel: '0123456789abcdef' })).toContain(
    "the device's 0123456789abcdef: eqprop flash puts it there",
  );
});

test('what has no bound is taken where there is none', () => {
  const unbounded = offerOf({ ...submitted, title: 'reproduction' });
  expect(misfit(unbounded, { ...worker, arena: { 16: Number.POSITIVE_INFINITY } })).toBeUndefined();
  expect(misfit(unbounded, worker)).toContain('it needs a device whose memory has no bound');
});

test('tasks whose folders go below a shared path are for workers that see it', () => {
  const shared = offerOf({ ...submitted, shared: 'an-identity' }, recipe);
  expect(shared.queue).toBe(offer.queue);
  expect(misfit(shared, worker)).toContain('its folders go below a shared path');
  expect(misfit(shared, { ...worker, shared: 'another' })).toContain('below another shared path');
  expect(misfit(shared, { ...worker, shared: 'an-identity' })).toBeUndefined();
  expect(misfit(offer, { ...worker, shared: 'an-identity' })).toBeUndefined();
});
