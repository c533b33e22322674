#!/usr/bin/env node
/**
 * Gestures as an accelerometer and a gyroscope would give them: six channels of 50 samples, four kinds, drawn from a seed.
 *
 *     node examples/gestures.mjs > gestures.csv        # easy ones; hard: a linear classifier does not tell them apart
 *     node examples/gestures.mjs hard 2 > gestures.csv # another seed
 */
import process, { argv, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

export const CHANNELS = 6;
export const SAMPLES = 50;
export const GESTURES = ['circle', 'shake', 'tap', 'wave'];
export const HARD_GESTURES = ['circle', 'circle against', 'wave', 'wave against'];
const [CIRCLE, WAVE] = [0, 3];

const CHANNEL_NAMES = ['ax', 'ay', 'az', 'gx', 'gy', 'gz'];

/** Mulberry32: uniform in [0, 1). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The movement of a kind at time t in [0, 1), of one channel; the same in every example but for its strength. */
function movement(kind, channel, t) {
  const turn = 2 * Math.PI * t;
  const side = channel % 3;
  switch (kind) {
    case 0:
      return side === 0 ? Math.sin(turn) : side === 1 ? Math.cos(turn) : 0.2 * Math.sin(2 * turn);
    case 1:
      return side === 0 ? Math.sin(5 * turn) : 0.3 * Math.sin(5 * turn + side);
    case 2:
      return side === 2
        ? 1.5 * Math.exp(-(((t - 0.4) / 0.06) ** 2))
        : -0.3 * Math.exp(-(((t - 0.5) / 0.1) ** 2));
    default:
      return side === 1 ? Math.sin(2 * turn) : side === 0 ? 0.5 * Math.cos(2 * turn) : 0;
  }
}

function collect(count, names, windowOf) {
  const kinds = Array.from({ length: count }, (_, n) => n % names.length);
  return {
    features: kinds.map(windowOf),
    labels: kinds.map((kind) => names[kind]),
    columns: CHANNEL_NAMES.flatMap((name) => Array.from({ length: SAMPLES }, (_, t) => `${name}${t}`)),
  };
}

function fill(value) {
  return Float64Array.from({ length: CHANNELS * SAMPLES }, (_, at) =>
    value(Math.floor(at / SAMPLES), (at % SAMPLES) / SAMPLES),
  );
}

/** Gestures that begin at the same moment and always go the same way: a linear classifier tells them apart. */
export function easyGestures(seed, count = 1200) {
  const random = generator(seed);
  return collect(count, GESTURES, (kind) => {
    const strength = 0.7 + 0.6 * random();
    return fill((channel, t) => strength * movement(kind, channel, t) + 0.15 * normal(random));
  });
}

/**
 * Circles and waves by either hand, which turns every sign around, a little sooner or later; turned along with the movement, or
 * against it, which the gyroscope's signs beside the accelerometer's tell, and neither alone. The mean of every feature is
 * nearly nothing in every kind: a linear classifier, of features or of their two halves, takes half of them for another.
 */
export function hardGestures(seed, count = 1200) {
  const random = generator(seed);
  return collect(count, HARD_GESTURES, (kind) => {
    const strength = 0.7 + 0.6 * random();
    const hand = random() < 0.5 ? -1 : 1;
    const turned = kind % 2 === 0 ? hand : -hand;
    const late = 0.06 * (random() - 0.5);
    const base = kind < 2 ? CIRCLE : WAVE;
    return fill((channel, t) => {
      const sign = channel < CHANNELS / 2 ? hand : turned;
      return sign * strength * movement(base, channel, t - late) + 0.5 * normal(random);
    });
  });
}

/** A CSV file's text: a header, a row an example, the class last in a column `gesture`; numbers with 4 decimals. */
export function gesturesCsv({ features, labels, columns }) {
  const rows = features.map((window, n) =>
    [...Array.from(window, (value) => value.toFixed(4)), labels[n]].join(','),
  );
  return `${[...columns, 'gesture'].join(',')}\n${rows.join('\n')}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [, , kind = 'easy', seed = '1'] = argv;
  const draw = { easy: easyGestures, hard: hardGestures }[kind];
  if (draw && /^\d+$/.test(seed)) stdout.write(gesturesCsv(draw(Number(seed))));
  else {
    stderr.write('error: easy or hard, and a seed, are needed: node examples/gestures.mjs hard 2\n');
    process.exitCode = 1;
  }
}
