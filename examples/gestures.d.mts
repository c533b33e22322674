/** Channels of a window: three of an accelerometer, three of a gyroscope. */
export const CHANNELS: number;
/** Samples of a channel in a window. */
export const SAMPLES: number;
export const GESTURES: readonly ['circle', 'shake', 'tap', 'wave'];
export const HARD_GESTURES: readonly ['circle', 'circle against', 'wave', 'wave against'];

export interface Gestures {
  /** A window an example: channel by channel, 50 samples each; about −2 to 2. */
  readonly features: readonly Float64Array[];
  /** One an example. */
  readonly labels: readonly string[];
  /** Names of the features: `ax0` … `ax49`, `ay0` … `gz49`. */
  readonly columns: readonly string[];
}

/** Gestures that begin at the same moment and always go the same way: a linear classifier tells them apart. */
export function easyGestures(seed: number, count?: number): Gestures;
/** Gestures whose kind no feature tells by itself: a linear classifier takes half of them for another. */
export function hardGestures(seed: number, count?: number): Gestures;
/** A CSV file's text: a header, a row an example, the class last in a column `gesture`; numbers with 4 decimals. */
export function gesturesCsv(gestures: Gestures): string;
