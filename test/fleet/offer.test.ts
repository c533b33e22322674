import { expect, test } from 'vitest';
import type { Capacity } from '#host/fleet/capacity';
import { misfit, offerOf } from '#host/fleet/offer';
import { smallRecipe } from '../runs/small-data.js';

const recipe = smallRecipe();
const offer = offerOf('0123', 'comparison', 1, recipe);
const [needed] = offer.bytes;
const capacity: Capacity = { arena: { 16: needed }, cores: 1, isOne: false };

test('runs of one kernel and one need share a queue, others have one of their own', () => {
  const same = offerOf('0123', 'comparison', 1, smallRecipe({ seed: 2, weights: 'Q2.13' }));
  expect(same.queue).toBe(offer.queue);
  for (const changes of [{ network: '36-25-4' }, { weights: 'Q1.6' }])
    expect(offerOf('0123', 'comparison', 1, smallRecipe(changes)).queue).not.toBe(offer.queue);
  expect(offerOf('4567', 'comparison', 1, recipe).queue).not.toBe(offer.queue);
});

test('a device takes what fits to the byte', () => {
  expect(misfit(offer, capacity)).toBeUndefined();
  expect(misfit(offer, { ...capacity, arena: { 16: needed - 1 } })).toContain(
    ' bytes of arena, the device has ',
  );
  expect(misfit(offer, { ...capacity, arena: { 8: needed } })).toBe(
    'the device has no kernel for weights of 16 bits',
  );
});

test('another version, another kernel, a device with another kernel are told apart', () => {
  expect(misfit({ ...offer, version: '9.9.9' }, capacity)).toContain('it is of eqprop 9.9.9, this is ');
  expect(misfit({ ...offer, kernel: '0123456789abcdef' }, capacity)).toContain(
    'its kernel is 0123456789abcdef',
  );
  expect(misfit(offer, { ...capacity, kernel: '0123456789abcdef' })).toContain(
    "the device's 0123456789abcdef: eqprop flash puts it there",
  );
});

test('runs whose folders go below a shared path are for workers that see it', () => {
  const shared = offerOf('0123', 'comparison', 1, recipe, 'an-identity');
  expect(shared.queue).toBe(offer.queue);
  expect(misfit(shared, capacity)).toContain('its folders go below a shared path');
});
