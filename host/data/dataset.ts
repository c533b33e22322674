import { UserError } from '../ground/index.js';
import { type Picture, pictureOf, type Scaling } from '../model/index.js';
import type { Reading } from './reading.js';

/** Examples with their labels, as the network sees them. */
export interface Samples {
  readonly count: number;
  /** count · pixels bytes, one example after another, row by row, the channels of a place together. */
  readonly images: Uint8Array;
  /** count bytes, 0 to classes − 1. */
  readonly labels: Uint8Array;
}

/** The rules that make of a file's features and labels the bytes that a network learns: an example comes to no other network's. */
export interface Preparation {
  /** Absent where features are bytes as they stand. */
  readonly scaling?: Scaling | undefined;
  /** One a label. Absent where labels are numbers and nothing more. */
  readonly classNames?: readonly string[] | undefined;
  /** Names of an example's features, in their order. Absent where the data name none. */
  readonly columnNames?: readonly string[] | undefined;
}

/** The place that data were read from. */
export interface Origin {
  /** Absolute; MNIST where there is none. */
  readonly path?: string;
  readonly reading: Reading;
}

export interface Dataset extends Picture, Preparation {
  readonly name: string;
  /** channels · rows · columns. */
  readonly pixels: number;
  /** Highest label of both sets, plus one. */
  readonly classes: number;
  readonly training: Samples;
  readonly test: Samples;
  /** Absent where it was made in memory. */
  readonly origin?: Origin;
  /** Names of features that are scaled each by itself, where they have any. */
  readonly featureNames?: readonly string[];
  /** Notes for the user, a sentence each: nothing that stops a run. */
  readonly notes?: readonly string[];
}

/** One of a data set's two sets. */
export type SetName = 'training' | 'test';

/** One set alone, without the other. */
export interface ImageSet extends Picture {
  /** The data set's. */
  readonly name: string;
  readonly set: SetName;
  readonly samples: Samples;
  /** Notes for the user, as a data set's. */
  readonly notes?: readonly string[];
}

/** One set of a whole data set. */
export function setOf(dataset: Dataset, set: SetName): ImageSet {
  return { name: dataset.name, set, ...pictureOf(dataset), samples: dataset[set] };
}

/** The rules that a data set's examples were made by. */
export function preparationOf({ scaling, classNames, columnNames }: Preparation): Preparation {
  return {
    ...(scaling && { scaling }),
    ...(classNames && { classNames }),
    ...(columnNames && { columnNames }),
  };
}

/** A label as people call it. */
export function classNameOf({ classNames }: Preparation, label: number): string {
  return classNames?.[label] ?? String(label);
}

/**
 * Samples `from` up to but excluding `to`: a view of the same bytes. Throws UserError unless
 * 0 ≤ from ≤ to ≤ count.
 */
export function split(samples: Samples, from: number, to: number): Samples {
  const { count, images, labels } = samples;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to > count) {
    throw new UserError(
      `samples ${from} to ${to} were asked for, of a set of ${count}`,
      `A range must begin at 0 or later, not end before it begins, and end at ${count} or earlier.`,
    );
  }
  const pixels = count === 0 ? 0 : images.length / count;
  return {
    count: to - from,
    images: images.subarray(from * pixels, to * pixels),
    labels: labels.subarray(from, to),
  };
}

/** The first training example of each class that has one. */
export function firstOfEach({
  training,
  classes,
  pixels,
}: Dataset): readonly { readonly label: number; readonly image: Uint8Array }[] {
  return Array.from({ length: classes }, (_, label) => ({ label, at: training.labels.indexOf(label) }))
    .filter(({ at }) => at >= 0)
    .map(({ label, at }) => ({ label, image: training.images.subarray(at * pixels, (at + 1) * pixels) }));
}

/** The greatest label. */
export function highest({ labels }: Samples): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}
