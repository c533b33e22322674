/** Numbers as C has them. */
import type { WeightArray } from '../model/index.js';
import type { ExportedModel } from './model.js';

const LINE = 100;
const INDENT = '  ';

export function integer(bits: number): string {
  return `int${bits}_t`;
}

export function array(type: string, declarator: string, values: WeightArray): string {
  const lines: string[] = [];
  let line = INDENT;
  for (const value of values) {
    const word = `${value},`;
    if (line.length + word.length + 1 > LINE) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return `static const ${type} ${declarator} = {\n${[...lines, line].join('\n')}\n};`;
}

/** By how much connection k's products lack the drives' fractional bits. */
export function shifts({ graph, formats }: ExportedModel): readonly number[] {
  const { weights, states, rateFraction, drives } = formats;
  return weights.map(({ fraction }, k) => {
    const ofRates = graph.connections[k].pre === 0 ? rateFraction : states.fraction;
    return drives.fraction - ofRates - fraction;
  });
}
