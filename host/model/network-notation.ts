/**
 * The short notation of a network: its layers, the input first. A layer is its number of units, `rows x columns`, or
 * `channels x rows x columns`, and joined to the one before by all its units; or `conv<side>x<channels>`, a convolution of the
 * one before, with `m` or `a` for the maximum or the average of 2 × 2 places and `s<stride>`: 784-500-10, 6x1x50-64-4,
 * 28x28-conv5x16m-conv5x32a-10.
 */
import { slides } from './connections/convolution.js';
import type { ConnectionKindName, Shape } from './connections/kind.js';
import { squarest } from './picture.js';

const SIZES = String.raw`\d+(?:x\d+){0,2}`;
const CONVOLUTION = String.raw`conv\d+x\d+(?:[ma](?:s\d+)?|s\d+[ma]?)?`;

export const networkPattern = new RegExp(`^${SIZES}(?:-(?:${SIZES}|${CONVOLUTION}))+$`);

/** Why a network cannot be read. */
export function misread(network: string): string {
  const [input, ...texts] = network.split('-');
  const isInput = new RegExp(`^${SIZES}$`).test(input);
  const odd = isInput ? texts.find((text) => !new RegExp(`^(?:${SIZES}|${CONVOLUTION})$`).test(text)) : input;
  const what =
    odd === undefined ? 'there is no layer after the input' : `'${odd}' is no ${isInput ? 'layer' : 'input'}`;
  return `${what}: write 784-500-10, 28x28-500-10, or 28x28-conv5x8m-conv5x16a-10`;
}

/** A layer, and what joins it to the one before. */
export interface NotedLayer {
  /** As the network writes it. */
  readonly text: string;
  readonly shape: Shape;
  readonly kind: ConnectionKindName;
  readonly words: Readonly<Record<string, number>>;
}

/** Places that `m` and `a` pool, in a row and in a column. */
const POOL = 2;

/** The layers, each with its shape. */
export function notedLayers(network: string): readonly NotedLayer[] {
  const [input, ...texts] = network.split('-');
  const isConvolved = (text: string) => text.startsWith('conv');
  // A convolution of the input looks at a picture.
  const first = isConvolved(texts[0]) ? asPicture(shapeOf(input)) : shapeOf(input);
  const layers: NotedLayer[] = [{ text: input, shape: first, kind: 'dense', words: {} }];
  for (const text of texts)
    layers.push(
      isConvolved(text)
        ? convolved(text, layers[layers.length - 1].shape)
        : { text, shape: shapeOf(text), kind: 'dense', words: {} },
    );
  return layers;
}

/** An input in rows and columns: one whose shape nobody told is the squarest picture, in which whatever has room anywhere has. */
export function asPicture(shape: Shape): Shape {
  return isPlaced(shape) ? shape : { ...squarest(shape.channels), channels: 1 };
}

function shapeOf(text: string): Shape {
  const sides = text.split('x').map(Number);
  // A vector is a channel a unit.
  if (sides.length === 1) return { channels: sides[0], rows: 1, columns: 1 };
  const [columns, rows, channels = 1] = sides.toReversed();
  return { channels, rows, columns };
}

function convolved(text: string, pre: Shape): NotedLayer {
  const [, side, channels, suffixes] = /^conv(\d+)x(\d+)(.*)$/.exec(text) ?? [];
  const pool = /[ma]/.test(suffixes) ? POOL : 1;
  const words = {
    side: Number(side),
    stride: Number(/s(\d+)/.exec(suffixes)?.[1] ?? 1),
    padding: 0,
    pool,
    maximum: Number(suffixes.includes('m')),
  };
  const places = slides(pre, words);
  const pooled = (count: number) => Math.floor(count / pool);
  const shape = { channels: Number(channels), rows: pooled(places.rows), columns: pooled(places.columns) };
  return { text, shape, kind: 'convolution', words };
}

/** A layer after the input, a vector or a convolution, as it is written with so many channels. */
export function withChannels(text: string, channels: number): string {
  return text.startsWith('conv') ? text.replace(/^(conv\d+x)\d+/, `$1${channels}`) : `${channels}`;
}

/** Returns whether units have rows and columns: a vector's have not. */
export function isPlaced({ rows, columns }: Shape): boolean {
  return rows * columns > 1;
}
