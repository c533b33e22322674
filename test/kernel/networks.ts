/** Random small networks, minibatches and settings, for the kernel and its witness alike. */
import fc from 'fast-check';
import { Kernel } from '#host/kernel/kernel';
import type { ConnectionKindName, Graph, Shape, Storage } from '#host/model/index';
import { mostShift } from '#host/model/shift';
import {
  NoiseForm,
  Nudging,
  Option,
  packImage,
  Relaxation,
  type RequestOf,
  Rounding,
  type RuleName,
  Tensor,
} from '#host/wire/index';
import { configuring, graphOfLayers, recordsOf, vectorOf } from './configure.js';
import type { Executor } from './paired.js';
import { Witness, type WitnessSettings, type WitnessStep } from './witness.js';

/** The witness's description, and the graph that it follows from. */
export type CaseSettings = WitnessSettings & { readonly graph: Graph };

export interface Case {
  readonly settings: CaseSettings;
  readonly limits: readonly bigint[];
  readonly steps: readonly WitnessStep[];
  readonly batch: number;
  readonly persistent: boolean;
}

const MOST_SLOTS = 9;
const MOST_NUDGED = 6;

/** Fractional bits that weights and states may have, and both together. */
const MOST = {
  8: { weights: 12, states: 14, scaled: 14, drives: 26 },
  16: { weights: 15, states: 14, scaled: 14, drives: 29 },
  32: { weights: 30, states: 18, scaled: 30, drives: 44 },
} as const;

/** Formats of `connections` matrices and of states that a kernel takes together. */
function formats(storage: Storage, { connections: all }: Graph) {
  const most = MOST[storage];
  const connections = all.length;
  // Rates that are summed first have more bits.
  const growths = all.map(({ map: { pooled } }) =>
    pooled?.by === 'sum' ? Math.ceil(Math.log2(pooled.places)) : 0,
  );
  const growth = Math.max(...growths);
  // Contrasts of a whole minibatch are summed in 46 bits.
  // By rates each step of the nudged phases counts.
  const stepsOf = (rule: RuleName) => (rule === 'rates' ? 2 * MOST_NUDGED + 2 : 1);
  const terms =
    MOST_SLOTS * Math.max(...all.map(({ rule, map: { repeats = 1 } }) => repeats * stepsOf(rule)));
  const summed = Math.floor((46 - Math.ceil(Math.log2(terms))) / 2);
  return fc.integer({ min: 6, max: Math.min(most.states, most.scaled - growth, summed) }).chain((states) =>
    fc
      .integer({
        min: Math.max(0, 2 * states - 30),
        max: Math.min(most.weights, states + 15, most.drives - Math.max(states, 8)),
      })
      .chain((finest) => {
        const coarser = fc.integer({
          min: 0,
          max: Math.min(finest - Math.max(0, 2 * states - 30), most.scaled - growth - Math.max(states, 8)),
        });
        return fc.record({
          storage: fc.constant(storage),
          stateFraction: fc.constant(BigInt(states)),
          weightFractions: fc.oneof(
            fc.constant(new Array<bigint>(connections).fill(BigInt(finest))),
            fc
              .array(coarser, { minLength: connections, maxLength: connections })
              .map((all) => all.map((less) => BigInt(finest - less))),
          ),
        });
      }),
  );
}

/** Two layers that a connection of some kind can join, and what it is told. */
export interface Joint {
  readonly kind: ConnectionKindName;
  readonly pre: Shape;
  readonly post: Shape;
  readonly words: Readonly<Record<string, number>>;
  /** Another of its kind that begins where it ends. */
  readonly next?: Omit<Joint, 'kind' | 'pre' | 'next'> | undefined;
}

/** Layers that are vectors: wide enough, now and then, for whole vectors of the host's build and a rest, and for three at once. */
export const vector: fc.Arbitrary<Shape> = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 7 }) },
    { weight: 4, arbitrary: fc.integer({ min: 8, max: 23 }) },
    { weight: 1, arbitrary: fc.integer({ min: 24, max: 60 }) },
  )
  .map(vectorOf);

const output = fc.integer({ min: 2, max: 24 }).map(vectorOf);

/** A joint somewhere in a chain that is dense else, now and then beside a dense one, with connections that skip layers or stay as they are. */
function graphs(
  joints: fc.Arbitrary<Joint>,
): fc.Arbitrary<{ graph: Graph; seed: bigint; isPulled: boolean }> {
  return fc
    .record({
      joint: joints,
      before: fc.array(vector, { maxLength: 2 }),
      after: fc.array(vector, { maxLength: 1 }),
      output,
      isDouble: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      skips: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 2 }),
      fixed: fc.array(
        fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
        { minLength: 10, maxLength: 10 },
      ),
      biasEach: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      seed: fc.integer({ min: 0, max: 0xffff_ffff }),
      ways: fc.array(fc.constantFrom('both' as const, 'both' as const, 'forth' as const, 'back' as const), {
        minLength: 10,
        maxLength: 10,
      }),
      rules: fc.array(fc.constantFrom('contrast' as const, 'presynaptic' as const, 'rates' as const), {
        minLength: 10,
        maxLength: 10,
      }),
      wantsCentre: fc.boolean(),
      pulled: fc.constantFrom('no' as const, 'no' as const, 'alone' as const, 'joined' as const),
      shared: fc.array(fc.nat(8), { minLength: 10, maxLength: 10 }),
    })
    .map(
      ({
        joint,
        before,
        after,
        output: last,
        isDouble,
        skips,
        fixed,
        biasEach,
        seed,
        ways,
        rules,
        wantsCentre,
        pulled,
        shared,
      }) => {
        const row = joint.next ? [joint, joint.next] : [joint];
        const isPulled = pulled !== 'no';
        const whole = [...before, joint.pre, ...row.map(({ post }) => post), ...after, last];
        // The image in front of an input that is pulled towards it, now and then joined to it besides.
        const shapes = isPulled ? [whole[0], ...whole] : whole;
        const at = before.length + Number(isPulled);
        const isLateral = joint.kind === 'lateral';
        const drawn = (k: number) => (k < shapes.length - 1 && !isLateral ? row[k - at] : undefined);
        const chain = shapes
          .slice(1)
          .map((_, k) => [k, k + 1, drawn(k) ? joint.kind : 'dense', drawn(k)?.words ?? {}])
          .slice(Number(pulled === 'alone'));
        const skipping = skips
          .filter(([pre, more]) => pre + 2 + more < shapes.length)
          .map(([pre, more]) => [pre, pre + 2 + more, 'dense', {}]);
        const double = isDouble ? [[at, at + 1, 'dense', {}]] : [];
        const inside = isLateral ? [[at + 1, at + 1, 'lateral', {}]] : [];
        const all = [...chain, ...double, ...skipping, ...inside] as [
          number,
          number,
          ConnectionKindName,
          Joint['words'],
        ][];
        const joined = all.map(([pre, post, kind, words], k) => {
          const chooses = words.maximum === 1;
          const isOneWay = pre > 0 && kind !== 'lateral';
          return {
            ...{ pre, post, kind, fixed: fixed[k], words },
            ways: isOneWay && !(chooses && ways[k] === 'back') ? ways[k] : 'both',
            rule: ruleOf(kind, pre, chooses, rules[k]),
            drawnAs: shared[k] < k ? shared[k] : undefined,
          } as const;
        });
        const fromInput = joined.filter(({ pre }) => pre === 0);
        const [{ pre, post, kind }] = joined;
        const canCentre = fromInput.length === 1 && pre === 0 && kind === 'dense' && !biasEach[post];
        const centred = canCentre && wantsCentre ? post : undefined;
        return {
          graph: graphOfLayers(shapes, { joined, biasEach, seed, centred }),
          seed: BigInt(seed),
          isPulled,
        };
      },
    );
}

/** The rule that is wanted, where it can be. */
function ruleOf(kind: ConnectionKindName, pre: number, chooses: boolean, wanted: RuleName): RuleName {
  if (kind === 'lateral') return 'contrast';
  if (pre === 0) return wanted;
  if (chooses) return 'contrast';
  return kind === 'convolution' && wanted === 'rates' ? 'presynaptic' : wanted;
}

const settings = (storage: Storage, joints: fc.Arbitrary<Joint>): fc.Arbitrary<CaseSettings> =>
  fc
    .record({
      drawn: graphs(joints),
      epsilon: fc.bigInt({ min: 1n, max: 4096n }),
      nudge: fc.bigInt({ min: 0n, max: 65535n }),
      margin: fc.constantFrom(0n, 0n, 1n, 512n, 2048n, 4096n),
      relaxation: fc.constantFrom('euler' as const, 'exact' as const, 'spiking' as const),
      pull: fc.bigInt({ min: 1n, max: 0xffffn }),
      l1: fc.boolean(),
      pixelSpikes: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 8 })),
      rounding: fc.constantFrom('stochastic' as const, 'nearest' as const),
      noise: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 1n, max: 0xffffn })),
      noiseIsLeaky: fc.boolean(),
      noiseIsShared: fc.boolean(),
      freeIterations: fc.integer({ min: 1, max: 12 }),
      nudgedIterations: fc.integer({ min: 1, max: MOST_NUDGED }),
    })
    // A sweep divides by 1 + β, β down to −nudge.
    .map(({ drawn: { isPulled, ...drawn }, pull, ...of }) => {
      const isLateral = drawn.graph.connections.some(({ kind }) => kind === 'lateral');
      const relaxation = isLateral ? 'euler' : of.relaxation;
      const isSwept = relaxation !== 'euler';
      const nudge = isSwept ? of.nudge % 4096n : of.nudge;
      const centred = drawn.graph.layers.some(({ isCentred }) => isCentred);
      const inputPull = isPulled ? pull : 0n;
      return { ...drawn, ...of, centred, inputPull, relaxation, nudge, noise: isSwept ? 0n : of.noise };
    })
    .chain((of) =>
      formats(storage, of.graph).map(({ weightFractions, ...chosen }) => ({
        ...of,
        ...chosen,
        layers: of.graph.layers.map(({ shape, ...layer }) => ({ ...shape, ...layer })),
        connections: of.graph.connections.map(({ pre, post, fixed, ways, rule, drawnAs, map }, k) => ({
          ...map,
          ...{ pre, post, fixed, ways, rule, drawnAs: drawnAs ?? k, fraction: weightFractions[k] },
        })),
      })),
    )
    .chain((of) =>
      fc
        .record({ scale: fc.constantFrom(4n, 4n, 5n, 8n), shift: shifts(of.graph) })
        .map(({ scale, shift }) => ({ ...of, shift, inputScale: of.stateFraction < 10n ? 4n : scale })),
    );

/** None of a vector; of a picture what leaves some of it. */
function shifts({ layers: [{ shape }] }: Graph): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(0), fc.integer({ min: 0, max: mostShift(shape) }));
}

function image(pixels: number): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));
  return fc.array(byte, { minLength: pixels, maxLength: pixels }).map((values) => Uint8Array.from(values));
}

function step({ graph, stateFraction }: CaseSettings, samples: number, persistent: boolean) {
  const { units, inputs, outputs, layers, connections } = graph;
  const some = (length: number) => ({ minLength: length, maxLength: length });
  const state = fc.bigInt({ min: 0n, max: 1n << stateFraction });
  const gain = fc.tuple(fc.bigInt({ min: 0n, max: 65535n }), fc.bigInt({ min: 16n, max: 32n }));
  // By L1 most weights are less than a strong one takes.
  const decay = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
    fc.bigInt({ min: 0n, max: 0xff_ffffn }),
  );
  return fc
    .record({
      images: fc.array(image(inputs), some(samples)),
      labels: fc.array(fc.integer({ min: 0, max: outputs - 1 }), some(samples)),
      start: fc.array(fc.array(state, some(units)), some(samples)),
      nudging: fc.constantFrom(
        'positive' as const,
        'negative' as const,
        'centered' as const,
        'clamped' as const,
      ),
      gains: fc.array(gain, some(connections.length)),
      decays: fc.array(decay, some(connections.length)),
      biasGains: fc.array(gain, some(layers.length - 1)),
    })
    .map(({ start: starts, ...rest }): WitnessStep => ({ ...rest, ...(persistent && { starts }) }));
}

export const anyCase = (storage: Storage, joints: fc.Arbitrary<Joint>): fc.Arbitrary<Case> =>
  fc
    .tuple(
      settings(storage, joints),
      fc.integer({ min: 1, max: MOST_SLOTS }),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 }),
    )
    .chain(([of, batch, persistent, count]) =>
      fc.record({
        settings: fc.constant(of),
        batch: fc.constant(batch),
        persistent: fc.constant(persistent),
        limits: fc.array(fc.bigInt({ min: 0n, max: 1n << 24n }), {
          minLength: of.connections.length,
          maxLength: of.connections.length,
        }),
        // The last minibatch of an epoch may be cut short.
        steps: fc.tuple(
          ...Array.from({ length: count }, (_, at) =>
            at === 0
              ? step(of, batch, persistent)
              : fc.integer({ min: 1, max: batch }).chain((samples) => step(of, samples, persistent)),
          ),
        ),
      }),
    );

export function configureRequest(
  { settings: of, batch, persistent }: Pick<Case, 'settings' | 'batch' | 'persistent'>,
  dense = false,
): RequestOf<'configure'> {
  const fractions = of.connections.map(({ fraction }) => Number(fraction));
  return configuring(recordsOf(of.graph, fractions), {
    seed: Number(of.seed),
    epsilon: Number(of.epsilon),
    nudge: Number(of.nudge),
    freeIterations: of.freeIterations,
    nudgedIterations: of.nudgedIterations,
    batch,
    stateFraction: Number(of.stateFraction),
    relaxation: Relaxation[of.relaxation],
    rounding: Rounding[of.rounding],
    options:
      (persistent ? Option.persistent : 0) |
      (dense ? Option.dense : 0) |
      (of.centred ? Option.centred : 0) |
      (of.l1 ? Option.l1 : 0),
    inputScale: Number(of.inputScale),
    shift: of.shift,
    noise: Number(of.noise),
    margin: Number(of.margin),
    inputPull: Number(of.inputPull),
    noiseForm: (of.noiseIsLeaky ? NoiseForm.leaky : 0) | (of.noiseIsShared ? NoiseForm.shared : 0),
    pixelSpikes: of.pixelSpikes,
  });
}

export function configured(kernel: Executor, drawn: Case, dense = false): void {
  kernel.execute('configure', configureRequest(drawn, dense));
}

const arrays = { 8: Int8Array, 16: Int16Array, 32: Int32Array } as const;
const statesOf = (storage: Storage) => arrays[storage === 8 ? 16 : storage];

/** The words of INITIALISE: limits, and above them how much earlier the connection is whose draws are shared. */
export function limitWords({
  settings: { connections },
  limits,
}: Pick<Case, 'settings' | 'limits'>): number[] {
  return limits.map((limit, k) => Number(limit) + (k - connections[k].drawnAs) * 2 ** 27);
}

/** Stages a minibatch and trains on it. */
export function trained(kernel: Executor, at: number, witnessStep: WitnessStep, storage: Storage = 16) {
  const { images, labels, starts, nudging, gains, decays, biasGains } = witnessStep;
  images.forEach((pixels, slot) => {
    if (starts) {
      const data = new Uint8Array(new (statesOf(storage))(starts[slot].map(Number)).buffer);
      for (let offset = 0; offset < starts[slot].length; offset += 100) {
        const width = data.length / starts[slot].length;
        const part = data.subarray(offset * width, (offset + 100) * width);
        kernel.execute('write', { offset, index: slot, tensor: Tensor.start, padding: 0, data: part });
      }
    }
    kernel.execute('sample', { slot, label: labels[slot], image: packImage(pixels) });
  });
  const word = ([mantissa, exponent]: readonly [bigint, bigint]) => Number((exponent << 16n) | mantissa);
  const rates = [...gains.map(word), ...decays.map(Number), ...biasGains.map(word)];
  return kernel.execute('train', { step: at, samples: images.length, nudging: Nudging[nudging], rates });
}

/** All elements of a tensor. */
export function tensor(
  kernel: Kernel,
  kind: number,
  index: number,
  count: number,
  storage: Storage = 16,
): bigint[] {
  const Elements =
    kind === Tensor.weights ? arrays[storage] : kind === Tensor.biases ? Int32Array : statesOf(storage);
  const values: bigint[] = [];
  while (values.length < count) {
    const range = { offset: values.length, count: Math.min(100, count - values.length) };
    const { data } = kernel.execute('read', { ...range, index, tensor: kind, padding: 0 });
    values.push(...Array.from(new Elements(data.slice().buffer), BigInt));
  }
  return values;
}

export { Kernel, Witness };
