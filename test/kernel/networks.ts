/** Random small networks, minibatches and settings, for the kernel and its witness alike. */
import fc from 'fast-check';
import { Kernel } from '#host/kernel/kernel';
import { packImage } from '#host/wire/image';
import { Nudging, Option, Relaxation, Rounding, Tensor } from '#host/wire/schema';
import type { Storage } from '#host/model/format';
import { Witness, type WitnessSettings, type WitnessStep } from './witness.js';

export interface Case {
  readonly settings: WitnessSettings;
  readonly limits: readonly bigint[];
  readonly steps: readonly WitnessStep[];
  readonly batch: number;
  readonly persistent: boolean;
}

/** Fractional bits that weights and states may have, and both together. */
const MOST = {
  8: { weights: 12, states: 14, scaled: 14, drives: 26 },
  16: { weights: 15, states: 14, scaled: 14, drives: 29 },
  32: { weights: 30, states: 18, scaled: 30, drives: 44 },
} as const;

/** Formats of `connections` matrices and of states that a kernel takes together. */
function formats(storage: Storage, connections: number) {
  const most = MOST[storage];
  return fc.integer({ min: 8, max: most.states }).chain((states) =>
    fc
      .integer({
        min: Math.max(0, 2 * states - 30),
        max: Math.min(most.weights, states + 15, most.drives - states),
      })
      .chain((finest) => {
        const coarser = fc.integer({
          min: 0,
          max: Math.min(finest - Math.max(0, 2 * states - 30), most.scaled - states),
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

/** Windows of images of so many pixels, in rows of any length. */
function windows(pixels: number): fc.Arbitrary<NonNullable<WitnessSettings['fields']>> {
  const widths = Array.from({ length: pixels }, (_, i) => i + 1).filter((width) => pixels % width === 0);
  return fc.constantFrom(...widths).chain((width) => {
    const side = fc.integer({ min: 1, max: Math.min(width, pixels / width) });
    return fc.tuple(side, side).map(([a, b]) => ({ width, least: Math.min(a, b), most: Math.max(a, b) }));
  });
}

const settings = (storage: Storage): fc.Arbitrary<WitnessSettings> =>
  fc
    .record({
      // Wide enough, now and then, for whole vectors of the host's build and a rest, and for three at once.
      sizes: fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 1, max: 7 }) },
          { weight: 4, arbitrary: fc.integer({ min: 8, max: 23 }) },
          { weight: 1, arbitrary: fc.integer({ min: 24, max: 60 }) },
        ),
        { minLength: 2, maxLength: 5 },
      ),
      seed: fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
      epsilon: fc.bigInt({ min: 1n, max: 4096n }),
      nudge: fc.bigInt({ min: 0n, max: 65535n }),
      relaxation: fc.constantFrom('euler' as const, 'exact' as const),
      rounding: fc.constantFrom('stochastic' as const, 'nearest' as const),
      freeIterations: fc.integer({ min: 1, max: 12 }),
      nudgedIterations: fc.integer({ min: 1, max: 6 }),
    })
    // Exact minimisation divides by 1 + β, β down to −nudge.
    .map((of) => ({ ...of, nudge: of.relaxation === 'exact' ? of.nudge % 4096n : of.nudge }))
    .filter(({ sizes }) => sizes[sizes.length - 1] > 1)
    .chain((of) => formats(storage, of.sizes.length - 1).map((chosen) => ({ ...of, ...chosen })))
    .chain((of) =>
      fc
        .constantFrom(4n, 4n, 5n, 8n)
        .map((scale) => ({ ...of, inputScale: of.stateFraction < 10n ? 4n : scale })),
    )
    .chain((of) =>
      fc
        .option(windows(of.sizes[0]), { nil: undefined })
        .map((fields) => ({ ...of, ...(fields && { fields }) })),
    );

function image(pixels: number): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));
  return fc.array(byte, { minLength: pixels, maxLength: pixels }).map((values) => Uint8Array.from(values));
}

function step(of: WitnessSettings, samples: number, persistent: boolean): fc.Arbitrary<WitnessStep> {
  const { sizes, stateFraction } = of;
  const units = sizes.slice(1).reduce((sum, size) => sum + size, 0);
  const exactly = { minLength: samples, maxLength: samples };
  const state = fc.bigInt({ min: 0n, max: 1n << stateFraction });
  const connections = { minLength: sizes.length - 1, maxLength: sizes.length - 1 };
  const start = fc.array(fc.array(state, { minLength: units, maxLength: units }), exactly);
  return fc
    .record({
      images: fc.array(image(sizes[0]), exactly),
      labels: fc.array(fc.integer({ min: 0, max: sizes[sizes.length - 1] - 1 }), exactly),
      start,
      nudging: fc.constantFrom('positive' as const, 'negative' as const, 'centered' as const),
      gains: fc.array(
        fc.tuple(fc.bigInt({ min: 0n, max: 65535n }), fc.bigInt({ min: 16n, max: 32n })),
        connections,
      ),
      decays: fc.array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffff_ffffn })), connections),
    })
    .map(({ start: starts, ...rest }) => ({ ...rest, ...(persistent && { starts }) }));
}

export const anyCase = (storage: Storage): fc.Arbitrary<Case> =>
  fc
    .tuple(settings(storage), fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.integer({ min: 1, max: 2 }))
    .chain(([of, batch, persistent, count]) =>
      fc.record({
        settings: fc.constant(of),
        batch: fc.constant(batch),
        persistent: fc.constant(persistent),
        limits: fc.array(fc.bigInt({ min: 0n, max: 1n << 24n }), {
          minLength: of.sizes.length - 1,
          maxLength: of.sizes.length - 1,
        }),
        steps: fc.array(step(of, batch, persistent), { minLength: count, maxLength: count }),
      }),
    );

export function configured(kernel: Kernel, { settings: of, batch, persistent }: Case, dense = false): void {
  kernel.execute('configure', {
    seed: Number(of.seed),
    epsilon: Number(of.epsilon),
    nudge: Number(of.nudge),
    freeIterations: of.freeIterations,
    nudgedIterations: of.nudgedIterations,
    batch,
    stateFraction: Number(of.stateFraction),
    relaxation: Relaxation[of.relaxation],
    rounding: Rounding[of.rounding],
    options: (persistent ? Option.persistent : 0) | (dense ? Option.dense : 0),
    imageWidth: of.fields?.width ?? 0,
    fieldLeast: of.fields?.least ?? 0,
    fieldMost: of.fields?.most ?? 0,
    inputScale: Number(of.inputScale),
    padding: 0,
    shape: [...of.sizes, ...of.weightFractions.map(Number)],
  });
}

const arrays = { 8: Int8Array, 16: Int16Array, 32: Int32Array } as const;
const statesOf = (storage: Storage) => arrays[storage === 8 ? 16 : storage];

/** Stages a minibatch and trains on it. */
export function trained(kernel: Kernel, at: number, witnessStep: WitnessStep, storage: Storage = 16) {
  const { images, labels, starts, nudging, gains, decays } = witnessStep;
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
  const rates = [
    ...gains.map(([mantissa, exponent]) => Number((exponent << 16n) | mantissa)),
    ...decays.map(Number),
  ];
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
