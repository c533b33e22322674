/** Dreams: a network runs freely and learns by STDP or by its reverse, and what becomes of the states that it visited. */
import type { Curve, Panel } from '../../drawing/index.js';
import { decimals, mean, NOTHING, significant } from '../../ground/index.js';
import type { Finding } from '../claim.js';
import type { Conditions } from '../conditions.js';
import { Draws } from '../draws.js';
import type { Experiment, Form } from '../experiment.js';
import { agreement, type FreeNetwork, memoryOf, type Walk } from './free-running.js';

const UNITS = 100;
const PATTERNS = 10;
const GAIN = 2;
const RATE = 5e-4;
const RULES = [
  { name: 'reverse STDP', learning: -RATE, colour: 'blue' },
  { name: 'no learning', learning: 0, colour: 'grey' },
  { name: 'STDP', learning: RATE, colour: 'orange' },
] as const satisfies readonly { name: string; learning: number; colour: Curve['colour'] }[];
const TEMPERATURES = [0, 0.02] as const;
const WALK = { epsilon: 0.2, steps: 60 };
/** Starts whose ends are the visited states, and others that tell what is recalled. */
const PROBES = 50;
/** A share of units: the state is that one. */
const SAME = 0.95;
const EXTENT = {
  quick: { networks: 2, dreams: 100, every: 10 },
  full: { networks: 5, dreams: 400, every: 20 },
} as const satisfies Record<Form, unknown>;

/** After some dreams, means over the networks. */
interface Moment {
  readonly dreams: number;
  /** Energy of the states that were visited before any dream, less the stored patterns'. */
  readonly energy: number;
  /** The share of starts that end in the state they ended in before any dream. */
  readonly revisited: number;
  /** The share of starts that end in a stored pattern. */
  readonly recalled: number;
  /** The share of stored patterns that stay where they are. */
  readonly stable: number;
}

interface Measured {
  readonly rule: (typeof RULES)[number];
  readonly temperature: number;
  readonly along: readonly Moment[];
  /** The share of dreams whose own learning raised the energy of their end beside that of their start. */
  readonly raised: number;
}

export const reverseStdp: Experiment = {
  paper: 'slides',
  name: 'reverse-stdp',
  title: 'Reverse STDP in a free-running phase',
  shows:
    'energy of visited states, and whether they are visited again, by the sign of the rule while the network dreams',
  minutes: { quick: 1, full: 3 },
  run,
};

async function run(form: Form, { seed, step }: Conditions): Promise<Finding> {
  const { networks } = EXTENT[form];
  const measured: Measured[] = [];
  for (const temperature of TEMPERATURES)
    for (const rule of RULES) {
      const dreamt: Dreamt[] = [];
      for (let n = 0; n < networks; n++) {
        await step(`${rule.name}, T = ${temperature}`, n, networks);
        dreamt.push(await dream(seed + n, rule.learning, temperature, form, step));
      }
      const meanOf = (of: (one: Dreamt) => number) => mean(dreamt.map(of));
      measured.push({
        rule,
        temperature,
        along: dreamt[0].along.map(({ dreams }, k) => ({
          dreams,
          energy: meanOf(({ along }) => along[k].energy),
          revisited: meanOf(({ along }) => along[k].revisited),
          recalled: meanOf(({ along }) => along[k].recalled),
          stable: meanOf(({ along }) => along[k].stable),
        })),
        raised: meanOf(({ raised }) => raised),
      });
    }
  return judge(measured, form);
}

interface Dreamt {
  readonly along: readonly Moment[];
  readonly raised: number;
}

async function dream(
  seed: number,
  learning: number,
  temperature: number,
  form: Form,
  step: Conditions['step'],
): Promise<Dreamt> {
  const { dreams, every } = EXTENT[form];
  const patternDraws = new Draws(seed, 0);
  const patterns = Array.from({ length: PATTERNS }, () => randomStates(patternDraws).map(Math.round));
  const network = memoryOf(patterns, GAIN);
  const startDraws = new Draws(seed, 1);
  const starts = Array.from({ length: PROBES }, () => randomStates(startDraws));
  const visited = starts.map((start) => endOf(network, start));
  const own = new Draws(seed, 2);
  const along = [momentOf(network, { patterns, starts, visited }, 0)];
  let raised = 0;
  for (let n = 1; n <= dreams; n++) {
    const states = randomStates(own);
    const [start, before] = [states.slice(), network.copy()];
    network.run(states, { ...WALK, temperature }, learning, own);
    raised += Number(rise(network, start, states) > rise(before, start, states));
    if (n % every !== 0) continue;
    along.push(momentOf(network, { patterns, starts, visited }, n));
    await step('dreams', n, dreams);
  }
  return { along, raised: raised / dreams };
}

function randomStates(draws: Draws): Float64Array {
  return Float64Array.from({ length: UNITS }, () => draws.uniform(0, 1));
}

/** Without noise or learning. */
function endOf(network: FreeNetwork, start: Float64Array): Float64Array {
  const states = start.slice();
  const still: Walk = { ...WALK, temperature: 0 };
  network.run(states, still, 0, new Draws(0, 0));
  return states;
}

function rise(network: FreeNetwork, start: Float64Array, end: Float64Array): number {
  return network.energy(end) - network.energy(start);
}

interface Probes {
  readonly patterns: readonly Float64Array[];
  readonly starts: readonly Float64Array[];
  readonly visited: readonly Float64Array[];
}

function momentOf(network: FreeNetwork, { patterns, starts, visited }: Probes, dreams: number): Moment {
  const ends = starts.map((start) => endOf(network, start));
  const energyOf = (states: readonly Float64Array[]) => mean(states.map((one) => network.energy(one)));
  const isSame = (a: Float64Array, b: Float64Array) => agreement(a, b) >= SAME;
  return {
    dreams,
    energy: energyOf(visited) - energyOf(patterns),
    revisited: mean(ends.map((end, n) => Number(isSame(end, visited[n])))),
    recalled: mean(ends.map((end) => Number(patterns.some((pattern) => isSame(pattern, end))))),
    stable: mean(patterns.map((pattern) => Number(isSame(pattern, endOf(network, pattern))))),
  };
}

function judge(measured: readonly Measured[], form: Form): Finding {
  const { dreams, networks } = EXTENT[form];
  const last = ({ along }: Measured) => along[along.length - 1];
  const change = (one: Measured) => last(one).energy - one.along[0].energy;
  const of = (learning: 'reverse STDP' | 'STDP') => measured.filter(({ rule }) => rule.name === learning);
  const [reverse, forward] = [of('reverse STDP'), of('STDP')];
  const list = (some: readonly Measured[], show: (one: Measured) => string) => some.map(show).join(' and ');
  const temperatures = TEMPERATURES.join(' and ');
  return {
    statement:
      'STDP with the opposite sign, in a phase that runs freely as in dreams, makes the model forget the states that it visits.',
    verdict: `At T = ${temperatures}, ${dreams} dreams by reverse STDP move the energy of the states visited before, beside the stored patterns’, by ${list(reverse, (one) => significant(change(one), 2))}, and by STDP by ${list(forward, (one) => significant(change(one), 2))}; ${list(reverse, (one) => share(last(one).revisited))} of the starts end where they did (STDP: ${list(forward, (one) => share(last(one).revisited))}). What it forgets is seldom a pattern: ${list(reverse, (one) => share(one.along[0].recalled))} of the starts ended in one, ${list(reverse, (one) => share(last(one).recalled))} do after reverse STDP, ${list(forward, (one) => share(last(one).recalled))} after STDP. A dream’s own learning raised the energy of its end beside its start in ${list(reverse, (one) => share(one.raised))} of the dreams by reverse STDP, ${list(forward, (one) => share(one.raised))} by STDP.`,
    holds: reverse.every((one) => change(one) > 0 && last(one).revisited < one.along[0].revisited),
    panels: TEMPERATURES.flatMap((temperature): Panel[] => {
      const own = measured.filter((one) => one.temperature === temperature);
      const panel = (yLabel: string, value: (moment: Moment) => number): Panel => ({
        title: `T = ${temperature}`,
        xLabel: 'dreams',
        yLabel,
        whole: true,
        curves: own.map(({ rule: { name, colour }, along }) => ({
          label: name,
          colour,
          points: along.map((moment) => [moment.dreams, value(moment)] as const),
        })),
      });
      return [
        panel('energy of visited states less patterns’', ({ energy }) => energy),
        panel('share of starts that end where they did', ({ revisited }) => revisited),
        panel('share of starts that end in a pattern', ({ recalled }) => recalled),
      ];
    }),
    tables: [
      {
        title: `${UNITS} units, ${PATTERNS} patterns, ${networks} networks, ${dreams} dreams`,
        head: [
          'T',
          'rule',
          'energy of visited states less patterns’',
          'starts that end where they did',
          'in a pattern',
          'patterns that stay',
          'dreams that raised their end',
        ],
        rows: measured.map((one) => [
          String(one.temperature),
          one.rule.name,
          `${decimals(one.along[0].energy)} → ${decimals(last(one).energy)}`,
          share(last(one).revisited),
          `${share(one.along[0].recalled)} → ${share(last(one).recalled)}`,
          share(last(one).stable),
          one.rule.learning === 0 ? NOTHING : share(one.raised),
        ]),
      },
    ],
  };
}

function share(value: number): string {
  return `${decimals(100 * value, 0)} %`;
}
