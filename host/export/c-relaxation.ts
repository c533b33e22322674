/** How states are computed, in the words of a comment, whatever joins the layers. */
import { PIXEL_FRACTION } from '../model/index.js';
import type { ExportedModel } from './model.js';

/** @param order in which layers are computed, in words */
export function relaxationLines(
  { graph: { layers }, formats: { states, rateFraction, drives } }: ExportedModel,
  order: string,
): readonly string[] {
  const last = layers.length - 1;
  const spare = drives.fraction - states.fraction;
  const round = spare > 0 ? `(drive + ${2 ** (spare - 1)}) >> ${spare}` : 'drive';
  return [
    `  1. Input: a pixel of 0 to 255 becomes the state pixel << ${rateFraction - PIXEL_FRACTION}. All other states start at 0.`,
    order.replace('LAST', String(last)),
    `       state = ${round}, clipped to 0 ... ${2 ** states.fraction}`,
    '     with an arithmetic shift.',
    '  3. Repeat step 2 until a whole sweep changes nothing: that is the exact fixed point.',
    `  The answer is the unit of layer ${last} with the largest state, the first of equals.`,
  ];
}
