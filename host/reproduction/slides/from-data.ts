/** A model that learns by reverse STDP as it moves away from data: data become the states that it stays in. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, mean, significant } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { halvedOf } from './examples.js';
import { FreeNetwork, type Walk } from './free-running.js';

const RATE = 0.002;
const RULES = [
  { name: 'reverse STDP', learning: -RATE, colour: 'blue' },
  { name: 'STDP', learning: RATE, colour: 'orange' },
] as const satisfies readonly { name: string; learning: number; colour: Curve['colour'] }[];
const WALK: Walk = { epsilon: 0.2, steps: 10, temperature: 0 };
/** Steps that an image with noise is cleaned for. */
const CLEANING: Walk = { ...WALK, steps: 20 };
/** The share of pixels that noise turns. */
const NOISE = 0.1;
const EXTENT = {
  quick: { images: 200, probes: 50, epochs: 3 },
  full: { images: 1000, probes: 200, epochs: 5 },
} as const satisfies Record<Form, unknown>;
const TOLD = 20;

/** Means over test images. */
interface Moment {
  /** Energy of the state that the model runs to from an image, less the image's. */
  readonly energy: number;
  /** ‖end − image‖² a pixel. */
  readonly moved: number;
  /** ‖end − clean image‖² a pixel, from an image with noise. */
  readonly cleaned: number;
}

interface Measured {
  readonly rule: (typeof RULES)[number];
  /** Before anything is learnt, and after each epoch. */
  readonly along: readonly Moment[];
}

export const fromData: Experiment = {
  paper: 'slides',
  name: 'from-data',
  title: 'Reverse STDP on the way from data',
  shows:
    'a network of visible units that learns as it leaves an image: how far it leaves, energies, noise taken away',
  minutes: { quick: 1, full: 3 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const measured: Measured[] = [];
  for (const rule of RULES) measured.push({ rule, along: await learn(rule, dataset, form, conditions) });
  return judge(measured, form);
}

async function learn(
  { name, learning }: (typeof RULES)[number],
  dataset: Dataset,
  form: Form,
  { seed, step }: Conditions,
): Promise<readonly Moment[]> {
  const { images, probes, epochs } = EXTENT[form];
  const pictures = Array.from({ length: images }, (_, n) => sharp(halvedOf(dataset, dataset.training, n)));
  const tests = Array.from({ length: probes }, (_, n) => sharp(halvedOf(dataset, dataset.test, n)));
  const units = pictures[0].length;
  const network = new FreeNetwork(new Float64Array(units * units), new Float64Array(units));
  const draws = new Draws(seed, 0);
  const along = [momentOf(network, tests, seed)];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let n = 0; n < images; n++) {
      if (n % TOLD === 0) await step(name, epoch * images + n, epochs * images);
      network.run(pictures[n].slice(), WALK, learning, draws);
    }
    along.push(momentOf(network, tests, seed));
  }
  return along;
}

/** Each pixel at the bound that is nearer. */
function sharp(image: Float64Array): Float64Array {
  return image.map(Math.round);
}

function momentOf(network: FreeNetwork, tests: readonly Float64Array[], seed: number): Moment {
  const noise = new Draws(seed, 1);
  const endOf = (start: Float64Array, walk: Walk) => {
    const states = start.slice();
    network.run(states, walk, 0, noise);
    return states;
  };
  const apart = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, one, i) => sum + (one - b[i]) ** 2, 0) / a.length;
  const found = tests.map((image): Moment => {
    const end = endOf(image, WALK);
    const noisy = image.map((pixel) => (noise.uniform(0, 1) < NOISE ? 1 - pixel : pixel));
    return {
      energy: network.energy(end) - network.energy(image),
      moved: apart(end, image),
      cleaned: apart(endOf(noisy, CLEANING), image),
    };
  });
  const meanOf = (of: (one: Moment) => number) => mean(found.map(of));
  return {
    energy: meanOf(({ energy }) => energy),
    moved: meanOf(({ moved }) => moved),
    cleaned: meanOf(({ cleaned }) => cleaned),
  };
}

function judge(measured: readonly Measured[], form: Form): Finding {
  const { images, probes, epochs } = EXTENT[form];
  const [reverse, forward] = measured.map(({ along }) => along[along.length - 1]);
  const [first] = measured[0].along;
  const two = (value: number) => significant(value, 2);
  const panel = (yLabel: string, of: (moment: Moment) => number): Panel => ({
    title: `${probes} test images`,
    xLabel: 'epoch',
    yLabel,
    whole: true,
    curves: measured.map(({ rule: { name, colour }, along }) => ({
      label: name,
      colour,
      marked: true,
      points: along.map((moment, epoch) => [epoch, of(moment)] as const),
    })),
  });
  return {
    statement:
      'Where the output has many modes it makes more sense to start from data and move to where the model wants to go, the past being the target: reverse STDP, as contrastive divergence.',
    verdict: `A network of visible units that leaves an image by ${two(first.moved)} a pixel (‖end − image‖²) leaves test images by ${two(reverse.moved)} after ${epochs} epochs of reverse STDP, by ${two(forward.moved)} after as many of STDP; the energy of where it goes to is ${two(-reverse.energy)} below the image’s (${two(-first.energy)} at first; STDP: ${two(-forward.energy)}). Test images with ${100 * NOISE} % of the pixels turned, which are ${NOISE} a pixel from clean ones, come to ${two(reverse.cleaned)} (STDP: ${two(forward.cleaned)}).`,
    holds: reverse.moved < first.moved && reverse.moved < forward.moved && reverse.cleaned < NOISE,
    panels: [
      panel('energy of the end less the image’s', ({ energy }) => energy),
      panel('‖end − image‖² a pixel', ({ moved }) => moved),
      panel('from noisy images: ‖end − clean image‖² a pixel', ({ cleaned }) => cleaned),
    ],
    tables: [
      {
        title: `${images} images, ${epochs} epochs, rate ${RATE}, runs of ${WALK.steps} steps of ε = ${WALK.epsilon}`,
        head: [
          'rule',
          'epoch',
          'energy of the end less the image’s',
          '‖end − image‖² a pixel',
          'of noisy images, from clean ones',
        ],
        rows: measured.flatMap(({ rule, along }) =>
          along.map(({ energy, moved, cleaned }, epoch) => [
            rule.name,
            String(epoch),
            decimals(energy, 3),
            decimals(moved, 4),
            decimals(cleaned, 4),
          ]),
        ),
      },
    ],
  };
}
