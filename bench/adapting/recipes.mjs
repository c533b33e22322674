/** The networks, and how they adapt: rates by way and angle, chosen on rotated training images by `--choose`. */
import { fileURLToPath } from 'node:url';
import { SMALL } from '../firmware/recipes/centered.mjs';

/** Training images that are adapted to, and those behind them that recipes are chosen on. */
export const ADAPTED = 1024;
export const CHOSEN_ON = 2000;
export const ANGLES = [30, 45];
/** Ways to learn, as the table has them. */
export const WAYS = ['all', 'last', 'scratch'];

const common = { epochs: 20, minibatch: 16, schedule: 'linear', training: `0..${ADAPTED}` };

export const networks = [
  {
    id: 'small',
    preset: SMALL,
    name: '784-128-10',
    upright: { epochs: 5 },
    adapting: { ...common, 'weight-decay': [] },
    scale: { all: 1, last: 2, scratch: 1 },
    counted: { first: 64, later: 8 },
  },
  {
    id: 'conv-small',
    preset: fileURLToPath(new URL('conv-small.toml', import.meta.url)),
    name: '`conv-small`',
    upright: { epochs: 3 },
    // Every image moved by up to a pixel each way, anew each time: worth more than any rate.
    adapting: { ...common, shift: 1 },
    scale: { all: 1, last: 2, scratch: 1 },
    counted: { first: 8, later: 2 },
  },
];

/** The keys of a recipe that a way changes, the preset's rates times `scale`. */
export function changesOf({ adapting, scale }, way, { rates }, factor = scale[way]) {
  const fixed = way === 'last' ? rates.slice(1).map((_, k) => k + 1) : [];
  return { ...adapting, rates: rates.map((rate) => rate * factor), fixed };
}
