/** A data set at a glance, before anything is trained on it. */
import { inputsEach, levelsOf, type Picture, pictureOf, type Scaling } from '../model/index.js';
import { classNameOf, type Dataset, type Samples } from './dataset.js';
import { listOf, repeatedIn } from './notes.js';

export interface ClassCount {
  readonly name: string;
  readonly training: number;
  readonly test: number;
}

/** Features that are scaled together, as the network sees them in training. */
export interface FeatureSummary {
  readonly name: string;
  /** In the file's own unit, to the nearest step. */
  readonly least: number;
  readonly greatest: number;
  /** The difference that one level of an input makes: a smaller one is lost in 8 bits. */
  readonly step: number;
  /** Standard deviation, in levels of an input. */
  readonly spread: number;
}

export interface DatasetSummary {
  readonly name: string;
  /** The inputs'. */
  readonly picture: Picture;
  readonly inputs: number;
  readonly scaling: Scaling['kind'] | 'none';
  readonly training: number;
  readonly test: number;
  readonly classes: readonly ClassCount[];
  readonly features: readonly FeatureSummary[];
  /** Test examples that are, byte by byte, training examples too. */
  readonly repeated: number;
  readonly notes: readonly string[];
}

/** Fewer levels than these for most examples are few. */
const FEW_LEVELS = 2;

export function summarise(dataset: Dataset): DatasetSummary {
  const { name, pixels, scaling, training, test } = dataset;
  const features = featuresOf(dataset);
  const crowded = features.filter(({ spread }) => spread > 0 && spread < FEW_LEVELS);
  return {
    name,
    picture: pictureOf(dataset),
    inputs: pixels,
    scaling: scaling?.kind ?? 'none',
    training: training.count,
    test: test.count,
    classes: Array.from({ length: dataset.classes }, (_, label) => ({
      name: classNameOf(dataset, label),
      training: countOf(training, label),
      test: countOf(test, label),
    })),
    features,
    repeated: repeatedIn(training, test).length,
    notes: [
      ...(dataset.notes ?? []),
      ...(scaling && crowded.length > 0
        ? [
            `${listOf(crowded.map((feature) => feature.name))}: nearly all values lie within ${FEW_LEVELS} of 256 levels, for few lie far away; look for outliers`,
          ]
        : []),
    ],
  };
}

function countOf({ labels }: Samples, label: number): number {
  return labels.reduce((sum, one) => sum + Number(one === label), 0);
}

function featuresOf(dataset: Dataset): readonly FeatureSummary[] {
  const { scaling, pixels, channels = 1, featureNames } = dataset;
  const kinds = scaling ? scaling.steps.length : channels;
  const least = new Float64Array(kinds).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(kinds).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(kinds);
  const squares = new Float64Array(kinds);
  const { count, images } = dataset.training;
  const width = pixels / (scaling ? inputsEach(scaling) : 1);
  for (let example = 0; example < count; example++) {
    const levels = levelsOf(scaling, images.subarray(example * pixels, (example + 1) * pixels));
    for (let f = 0; f < width; f++) {
      const kind = f % kinds;
      const level = levels[f];
      least[kind] = Math.min(least[kind], level);
      greatest[kind] = Math.max(greatest[kind], level);
      sums[kind] += level;
      squares[kind] += level * level;
    }
  }
  const each = (count * width) / kinds;
  return Array.from({ length: kinds }, (_, kind) => {
    const { fraction, offset, multiplier, shift } = scaling?.steps[kind] ?? BYTES;
    const step = multiplier === 0 ? 0 : 2 ** (shift - fraction) / multiplier;
    const from = offset / 2 ** fraction;
    return {
      name: featureNames?.[kind] ?? (kinds === width ? `feature ${kind + 1}` : `channel ${kind}`),
      least: from + least[kind] * step,
      greatest: from + greatest[kind] * step,
      step,
      spread: Math.sqrt(Math.max(0, squares[kind] / each - (sums[kind] / each) ** 2)),
    };
  });
}

const BYTES = { fraction: 0, offset: 0, multiplier: 1, shift: 0 };
