/** Integers without an energy need not come to rest: free phases that end in cycles of the last bits. */
import { type Dataset, loadDataset } from '../../data/index.js';
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, NOTHING, percent, several } from '../../ground/index.js';
import { formatsOf, type Recipe } from '../../model/index.js';
import type { ReferenceNetwork } from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { type DeviceRun, runOnDevice } from '../device-run.js';
import type { Experiment, Form } from '../experiment.js';
import { trainedNetwork } from '../trained-network.js';
import { last } from './outcomes.js';
import { vectorFieldRecipe } from './recipes.js';
import { type Rest, restless, restOf } from './rest.js';

const NETWORKS = ['784-512-10', '784-256-256-10'] as const;
const EXTENTS = {
  quick: { images: 10, training: '0..2000', epochs: 2 },
  full: { images: 30, training: '0..10000', epochs: 3 },
} as const satisfies Record<Form, unknown>;
const MOST = 1000;
/** Caps of the free phase. */
const CAPS = [12, 20, 40, 80, 300, 1000] as const;

interface Measured {
  readonly network: string;
  readonly weights: 'initial' | 'trained';
  readonly feedback: 'tied' | 'untied';
  readonly rests: readonly Rest[];
  /** The run that trained it. */
  readonly run: DeviceRun;
}

export const cycles: Experiment = {
  paper: 'vector-field',
  name: 'cycles',
  title: 'Integers that do not come to rest',
  shows:
    'free phases in rounded states that end in cycles of the last bits, by cap of iterations; tied beside untied',
  minutes: { quick: 2, full: 5 },
  run,
};

async function run(form: Form, conditions: Conditions): Promise<Finding> {
  const dataset = await loadDataset(conditions.data);
  const { images, ...extent } = EXTENTS[form];
  const measured: Measured[] = [];
  for (const network of NETWORKS)
    for (const feedback of ['tied', 'untied'] as const) {
      const recipe = vectorFieldRecipe(network, { ...extent, feedback, seed: conditions.seed });
      const trained = await runOnDevice(`${network}-${feedback}`, recipe, conditions);
      const own = { network, feedback, run: trained };
      const rest = (one: ReferenceNetwork) => restsOf(one, recipe, dataset, images, conditions);
      measured.push(
        { ...own, weights: 'initial', rests: await rest(rounded(initialReference(recipe), recipe)) },
        { ...own, weights: 'trained', rests: await rest(trainedNetwork(trained.path).network) },
      );
    }
  return judge(measured);
}

/** Drawn weights in their format, as the device draws them. */
function rounded(network: ReferenceNetwork, recipe: Recipe): ReferenceNetwork {
  const copy = network.clone();
  copy.weights.forEach((matrix, k) => {
    const scale = 2 ** formatsOf(recipe).weights[k].fraction;
    for (let n = 0; n < matrix.length; n++) matrix[n] = Math.round(matrix[n] * scale) / scale;
  });
  return copy;
}

async function restsOf(
  network: ReferenceNetwork,
  recipe: Recipe,
  { test, pixels }: Dataset,
  images: number,
  { step }: Conditions,
): Promise<readonly Rest[]> {
  const { fraction } = formatsOf(recipe).states;
  const rests: Rest[] = [];
  for (let n = 0; n < Math.min(images, test.count); n++) {
    await step(`sweeps, ${recipe.network} ${recipe.feedback}`, n, images);
    rests.push(restOf(network, test.images, n * pixels, fraction, MOST));
  }
  return rests;
}

function nameOf({ network, weights, feedback }: Measured): string {
  return `${network}, ${feedback}, ${weights}`;
}

function judge(measured: readonly Measured[]): Finding {
  const of = (feedback: Measured['feedback']) =>
    measured.filter((one) => one.feedback === feedback).flatMap(({ rests }) => rests);
  const [tied, untied] = [restless(of('tied'), MOST), restless(of('untied'), MOST)];
  const cycling = of('untied').flatMap(({ cycle }) => cycle ?? []);
  const others = of('untied').filter(({ sweeps }) => sweeps === undefined).length;
  const periods = spread(cycling.map(({ period }) => period));
  const steps = Math.max(0, ...cycling.map((one) => one.steps));
  return {
    statement:
      'Without symmetric weights “the dynamics is not guaranteed to converge to a fixed point” (section 3). In integers, where tied weights have an energy that no sweep raises, untied ones may go round for ever.',
    verdict: `Within ${MOST} sweeps ${percent(1 - tied)} of the tied networks’ free phases come to rest, ${percent(1 - untied)} of the untied ones’. ${periods ? `${cycling.length} of the other ${others} are seen to go round, in cycles of ${periods} sweeps, units being up to ${several(steps, 'step')} of their format apart from themselves. ` : ''}So the iterations of a phase are bounded by its recipe, and the share of those that did not settle is told at every epoch’s end.`,
    holds: tied === 0,
    panels: NETWORKS.map((network) => panelOf(network, measured)),
    tables: [
      {
        title: `Free phases from zero, in rounded states; share not at rest, by sweeps`,
        head: ['network', 'at rest', 'sweeps', 'periods', 'units that change', 'steps', ...CAPS.map(String)],
        rows: measured.map((one) => rowOf(one)),
      },
      {
        title: 'The same told by the device as it trains: last epoch, at most 12 and 20 free iterations',
        head: ['network', 'feedback', 'did not settle', 'free iterations'],
        rows: measured
          .filter(({ weights }) => weights === 'trained')
          .map(({ network, feedback, run: one }) => [
            network,
            feedback,
            percent(last(one).unsettled),
            decimals(last(one).freeIterations, 1),
          ]),
      },
    ],
  };
}

function spread(values: readonly number[]): string | undefined {
  if (values.length === 0) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

function rowOf(one: Measured): readonly string[] {
  const settled = one.rests.flatMap(({ sweeps }) => sweeps ?? []);
  const found = one.rests.flatMap(({ cycle }) => cycle ?? []);
  return [
    nameOf(one),
    `${settled.length} of ${one.rests.length}`,
    spread(settled) ?? NOTHING,
    spread(found.map(({ period }) => period)) ?? NOTHING,
    spread(found.map(({ units }) => units)) ?? NOTHING,
    spread(found.map(({ steps }) => steps)) ?? NOTHING,
    ...CAPS.map((cap) => percent(restless(one.rests, cap))),
  ];
}

function panelOf(network: string, measured: readonly Measured[]): Panel {
  const looks = { tied: 'blue', untied: 'orange' } as const;
  return {
    title: network,
    xLabel: 'sweeps of the free phase, at most',
    yLabel: 'share not at rest',
    xScale: 'log',
    yRange: [0, 1],
    curves: measured
      .filter((one) => one.network === network)
      .map(
        (one): Curve => ({
          label: `${one.feedback}, ${one.weights}`,
          colour: looks[one.feedback],
          ...(one.weights === 'initial' && { stroke: 'dashed' as const }),
          points: Array.from({ length: 61 }, (_, n) => {
            const cap = Math.round(10 ** (n / 20));
            return [cap, restless(one.rests, cap)] as const;
          }),
        }),
      ),
  };
}
