/** Auto-encoders without forced symmetry: whether their matrices become each other's transposes. */
import { loadDataset } from '../../data/index.js';
import type { Curve } from '../../drawing/index.js';
import { decimals, significant } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { AutoEncoder, type EncoderRule } from './auto-encoder.js';
import { linear, logistic, rectifier } from './chain.js';
import { halvedOf } from './examples.js';

/** Units, and rates and decays that they learn steadily with. */
const UNITS = [
  { units: 'logistic', activations: [logistic, logistic], rate: 0.2, decay: 3e-4 },
  { units: 'rectifiers', activations: [rectifier, linear], rate: 0.005, decay: 0.01 },
  { units: 'linear', activations: [linear, linear], rate: 0.005, decay: 0.01 },
] as const;
type Variant = Pick<EncoderRule, 'masking' | 'scale'> & {
  readonly name: string;
  readonly decays: boolean;
  readonly colour: Curve['colour'];
};
const VARIANTS: readonly Variant[] = [
  { name: 'Glorot’s weights at first', masking: 0, scale: 1, decays: false, colour: 'blue' },
  { name: 'a tenth of them', masking: 0, scale: 0.1, decays: false, colour: 'green' },
  { name: 'weight decay', masking: 0, scale: 1, decays: true, colour: 'orange' },
  { name: 'inputs masked', masking: 0.3, scale: 1, decays: false, colour: 'purple' },
];
const EXTENT = {
  quick: { hidden: 32, images: 500, epochs: 10 },
  full: { hidden: 48, images: 2000, epochs: 15 },
} as const satisfies Record<Form, unknown>;
/** Matrices that are called each other's transposes. */
const SYMMETRIC = 0.9;
const TOLD = 100;

interface Measured {
  readonly units: (typeof UNITS)[number]['units'];
  readonly variant: Variant;
  readonly rule: EncoderRule;
  /** Before anything is learnt, and after each epoch. */
  readonly cosines: readonly number[];
  readonly ratio: number;
  /** ½ ‖x̂ − x‖², mean over the last epoch. */
  readonly cost: number;
}

export const autoEncoders: Experiment = {
  paper: 'slides',
  name: 'auto-encoders',
  title: 'Auto-encoders without forced symmetry',
  shows: 'the cosine of W and W′ᵀ over training, with weight decay, masked inputs, three kinds of units',
  minutes: { quick: 1, full: 2 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const { hidden, images, epochs } = EXTENT[form];
  const pictures = Array.from({ length: images }, (_, n) => halvedOf(dataset, dataset.training, n));
  const measured: Measured[] = [];
  for (const { units, activations, rate, decay } of UNITS)
    for (const variant of VARIANTS) {
      const { masking, scale } = variant;
      const rule = { activations, rate, masking, scale, decay: variant.decays ? decay : 0 };
      const encoder = new AutoEncoder(pictures[0].length, hidden, rule, new Draws(conditions.seed, 0));
      const cosines = [encoder.symmetry().cosine];
      let cost = 0;
      for (let epoch = 0; epoch < epochs; epoch++) {
        cost = 0;
        for (let n = 0; n < images; n++) {
          if (n % TOLD === 0)
            await conditions.step(`${units}, ${variant.name}`, epoch * images + n, epochs * images);
          cost += encoder.learn(pictures[n]) / images;
        }
        cosines.push(encoder.symmetry().cosine);
      }
      measured.push({ units, variant, rule, cosines, ratio: encoder.symmetry().ratio, cost });
    }
  return judge(measured, `${pictures[0].length}-${hidden}-${pictures[0].length}`, form);
}

function judge(measured: readonly Measured[], network: string, form: Form): Finding {
  const last = ({ cosines }: Measured) => cosines[cosines.length - 1];
  const symmetric = measured.filter((one) => last(one) >= SYMMETRIC).length;
  const { images, epochs } = EXTENT[form];
  const ends = UNITS.map(({ units }) => {
    const own = measured.filter((one) => one.units === units);
    return `${units} ${own.map((one) => decimals(last(one))).join(', ')}`;
  });
  const [start] = measured[0].cosines;
  return {
    statement:
      'Auto-encoders whose decoder is not forced to be the encoder’s transpose end up with symmetric weights (Vincent et al. 2011).',
    verdict: `From a cosine of ${decimals(start, 3)}, W and W′ᵀ of ${network} come to one (${VARIANTS.map(({ name }) => name).join('; ')}) of: ${ends.join('; ')}. All move towards symmetry, ${symmetric} of ${measured.length} to ${SYMMETRIC} or more.`,
    holds: symmetric === measured.length,
    panels: UNITS.map(({ units }) => ({
      title: `${network}, ${units}, ${images} images`,
      xLabel: 'epoch',
      yLabel: 'cosine of W and W′ᵀ',
      whole: true,
      yRange: [0, 1],
      curves: measured
        .filter((one) => one.units === units)
        .map(({ variant: { name, colour }, cosines }) => ({
          label: name,
          colour,
          points: cosines.map((cosine, epoch) => [epoch, cosine] as const),
        })),
    })),
    tables: [
      {
        title: `After ${epochs} epochs of ${images} images`,
        head: ['units', '', 'cosine at first', 'after one epoch', 'at the end', '‖W‖ / ‖W′‖', '½ ‖x̂ − x‖²'],
        rows: measured.map((one) => [
          one.units,
          one.variant.name + (one.variant.decays ? ` ${one.rule.decay}` : ''),
          decimals(one.cosines[0], 3),
          decimals(one.cosines[1], 3),
          decimals(last(one), 3),
          decimals(one.ratio),
          significant(one.cost, 3),
        ]),
      },
    ],
  };
}
