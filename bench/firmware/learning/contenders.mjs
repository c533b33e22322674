/** The contenders, and the grid that learning rates and lengths of schedules are chosen from. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../../dist/host/ground/errors.js';
import { SMALL } from '../recipes/centered.mjs';
import { Ours } from './ours.mjs';
import { Peer } from './peer.mjs';

export const AIFES = 'aifes';
export const NETWORK = '784-128-10';
export const MINIBATCHES = [20, 1];

/** Samples after which a schedule has fallen to nothing. */
export const LENGTHS = [5, 10, 15, 20, 25, 30, 40, 60, 80, 120, 180].map((thousands) => thousands * 1000);

/** Learning rates of gradients, by minibatch. */
const DESCENT = { 20: [0.1, 0.2, 0.4, 0.8], 1: [0.01, 0.02, 0.04, 0.08] };

/** Factors of a preset's rates. */
const OF_PRESET = { 20: [0.5, 0.7, 1, 1.4], 1: [0.05, 0.1, 0.2, 0.4] };

/** `rates` by minibatch: of ours in units of the preset's, of peers as they are. */
const own = [
  {
    id: 'eqprop',
    name: 'eqprop, `small`',
    learner: Ours,
    preset: 'small',
    rates: OF_PRESET,
  },
  {
    id: 'eqprop-centred',
    name: 'eqprop, `small --centred-input true`',
    learner: Ours,
    preset: 'small',
    changes: { 'centred-input': true, 'weight-decay': [], rates: [4, 0.5] },
    rates: OF_PRESET,
  },
  {
    id: 'eqprop-two-sided',
    name: 'eqprop, nudged to both sides, every example',
    learner: Ours,
    preset: SMALL,
    rates: OF_PRESET,
  },
  {
    id: 'int16',
    name: 'int16 backpropagation by hand',
    learner: Peer,
    units: ['backprop-int16.c'],
    rates: DESCENT,
  },
  {
    id: 'int16-own-forms',
    name: "int16 backpropagation by hand, with the cores' own forms of its loops",
    learner: Peer,
    units: ['backprop-int16.c'],
    // The host's has none: that both come to the same bits shows the forms to be right.
    coreFlags: ['-DOWN_FORMS'],
    rates: DESCENT,
  },
  {
    id: 'f32',
    name: 'float32 backpropagation by hand',
    learner: Peer,
    units: ['backprop-f32.c'],
    rates: DESCENT,
  },
];

/**
 * AIfES, from a folder that holds its sources. It computes what the float32 program does, and several times slower: plans
 * are chosen by that. Its dense layers do the same work at every moment.
 */
function aifes(folder) {
  const source = join(resolve(folder), 'src');
  return {
    id: AIFES,
    name: 'AIfES',
    learner: Peer,
    needsFolder: true,
    units: ['aifes.c', ...librarySources(source)],
    flags: [`-I${source}`, '-w'],
    rates: DESCENT,
    chosenBy: own.find(({ id }) => id === 'f32'),
    counting: { moments: 1, minibatches: 2 },
    // It puts the gradients of a layer there.
    stack: 0x7_0000,
  };
}

function librarySources(source) {
  try {
    return ['base', 'default'].flatMap((part) =>
      readdirSync(join(source, 'basic', part), { recursive: true })
        .filter((path) => path.endsWith('.c'))
        .map((path) => join(source, 'basic', part, path)),
    );
  } catch (cause) {
    throw new UserError(
      `${source} does not hold AIfES: ${cause.message}`,
      'name the folder of a clone of AIfES_for_Arduino',
      { cause },
    );
  }
}

/** @param library the folder of AIfES, where there is one */
export function contenders(library) {
  return library === undefined ? own : [...own, aifes(library)];
}
