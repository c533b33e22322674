/** Variational walkback: an operator that learns to walk back to the data from where it went under rising temperature. */
import { type Dataset, loadDataset, type Samples } from '../../data/index.js';
import type { Curve, Panel, Pictures } from '../../drawing/index.js';
import { decimals, mean, spread, withInterval } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { logProbability, TransitionOperator } from './transition-operator.js';
import { boundOf, ladderOf, learnBack, sampleOf, walkFrom } from './walk.js';

const FORMS = {
  quick: { hidden: 32, images: 300, seeds: 2, tested: 50, factor: 1.7, steps: 6 },
  full: { hidden: 200, images: 4000, seeds: 5, tested: 200, factor: 1.5, steps: 9 },
} as const satisfies Record<Form, unknown>;
/** Looks at the bound while it learns. */
const LOOKS = 8;
const TOLD = 50;
const SHOWN = 16;
const AT_FOOT = 3;
const INK = 128;

const ARMS = [
  { name: 'walked back, with noise', isNoisy: true, colour: 'blue' },
  { name: 'without noise', isNoisy: false, colour: 'orange' },
] as const satisfies readonly { name: string; isNoisy: boolean; colour: Curve['colour'] }[];

interface Learnt {
  readonly operator: TransitionOperator;
  /** [images seen, bound in nats, the mean over test images]; the first untrained, the last of all images. */
  readonly bounds: readonly (readonly [number, number])[];
}

export const walkback: Experiment = {
  paper: 'slides',
  name: 'walkback',
  title: 'Variational walkback',
  shows:
    'samples of an operator that learnt to walk back to binarised digits, and a bound of their likelihood',
  minutes: { quick: 1, full: 15 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const arms: {
    readonly name: string;
    readonly colour: Curve['colour'];
    readonly learnt: readonly Learnt[];
  }[] = [];
  for (const { name, isNoisy, colour } of ARMS) {
    const learnt: Learnt[] = [];
    for (let n = 0; n < FORMS[form].seeds; n++)
      learnt.push(
        await learn(dataset, FORMS[form], isNoisy, conditions.seed + n, `${name}, seed ${n + 1}`, conditions),
      );
    arms.push({ name, colour, learnt });
  }
  const { steps, factor } = FORMS[form];
  const ladder = ladderOf(steps, factor);
  const pictures = arms.map(({ name, learnt: [{ operator }] }): Pictures => {
    const draws = new Draws(conditions.seed, 3);
    const shown = Array.from({ length: SHOWN }, () => sampleOf(operator, ladder, AT_FOOT, draws).join(''));
    return { title: `samples, ${name}`, columns: dataset.columns, perRow: 4, pictures: shown };
  });
  const curves = arms.map(
    ({ name, colour, learnt }): Curve => ({
      label: name,
      colour,
      marked: true,
      points: learnt[0].bounds.map(
        ([seen], n) => [seen, mean(learnt.map(({ bounds }) => bounds[n][1]))] as const,
      ),
    }),
  );
  return judge(arms, independentPixels(dataset, FORMS[form].tested), curves, pictures);
}

async function learn(
  { training, test, pixels }: Dataset,
  { hidden, images, tested, steps, factor }: (typeof FORMS)[Form],
  isNoisy: boolean,
  seed: number,
  part: string,
  { step: tell }: Conditions,
): Promise<Learnt> {
  const operator = new TransitionOperator(pixels, hidden, new Draws(seed, 1));
  const ladder = ladderOf(steps, factor);
  const draws = new Draws(seed, 2);
  const bounds: [number, number][] = [];
  const look = (seen: number) => {
    const checks = new Draws(seed, 4);
    const walks = Array.from({ length: Math.min(tested, test.count) }, (_, n) =>
      walkFrom(operator, pictureOf(test, pixels, n), ladder, true, checks),
    );
    bounds.push([seen, mean(walks.map((walk) => boundOf(operator, walk, ladder)))]);
  };
  const between = Math.ceil(images / LOOKS);
  for (let n = 0; n < images; n++) {
    if (n % TOLD === 0) await tell(part, n, images);
    if (n % between === 0) look(n);
    learnBack(operator, walkFrom(operator, pictureOf(training, pixels, n), ladder, isNoisy, draws), ladder);
  }
  look(images);
  return { operator, bounds };
}

/** Ink where a pixel's byte is at least half. @param n of the samples, which repeat behind their last */
function pictureOf({ images, count }: Samples, pixels: number, n: number): Uint8Array {
  const k = n % count;
  return images.subarray(k * pixels, (k + 1) * pixels).map((byte) => Number(byte >= INK));
}

/** Mean log likelihood of the first test pictures where each pixel is ink by itself, as often as in training. */
function independentPixels({ training, test, pixels }: Dataset, tested: number): number {
  const ink = new Float64Array(pixels).fill(0.5);
  for (let n = 0; n < training.count; n++)
    pictureOf(training, pixels, n).forEach((one, i) => {
      ink[i] += one;
    });
  const probabilities = ink.map((often) => often / (training.count + 1));
  return mean(
    Array.from({ length: Math.min(tested, test.count) }, (_, n) =>
      logProbability(pictureOf(test, pixels, n), probabilities),
    ),
  );
}

function judge(
  arms: readonly { readonly name: string; readonly learnt: readonly Learnt[] }[],
  independent: number,
  curves: readonly Curve[],
  pictures: readonly Pictures[],
): Finding {
  const last = arms.map(({ learnt }) => learnt.map(({ bounds }) => bounds[bounds.length - 1][1]));
  const untrained = arms[0].learnt.map(({ bounds }) => bounds[0][1]);
  const [walked, without] = last;
  const told = (values: readonly number[]) => withInterval(spread(values));
  return {
    statement:
      'An operator that learns to walk back from where it went under rising temperature becomes a generative model of the data (Goyal et al. 2017).',
    verdict: `The bound of a test picture’s log likelihood is ${told(walked)} nats, over seeds, where untrained it is ${told(untrained)}, trained on walks without noise ${told(without)}; pixels that know nothing of each other come to ${decimals(independent, 1)}.`,
    holds: Math.min(...walked) > Math.max(...untrained, ...without),
    panels: [
      {
        title: 'likelihood of test pictures',
        xLabel: 'training pictures seen',
        yLabel: 'lower bound (nats)',
        whole: true,
        curves,
      } satisfies Panel,
      ...pictures,
    ],
    tables: [
      {
        title:
          'Lower bound of the log likelihood of a test picture, nats, mean over the pictures: each seed’s',
        head: ['operator', ...walked.map((_, n) => `seed ${n + 1}`), 'mean'],
        rows: [
          ...arms.map(({ name }, k) => [name, ...last[k].map((value) => decimals(value, 1)), told(last[k])]),
          ['untrained', ...untrained.map((value) => decimals(value, 1)), told(untrained)],
        ],
      },
    ],
  };
}
