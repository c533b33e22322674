/** Writes what turns a sensor's readings into a network's inputs, and what its classes are called. */
import { inputsEach, type Scaling } from '../model/index.js';
import { array } from './c-values.js';

/** The header's words for it. */
export function scalingLines(scaling: Scaling, prefix: string): readonly string[] {
  const { kind, features, steps } = scaling;
  const each =
    steps.length === features
      ? 'one a feature'
      : `one a channel, of feature f the one at [f % ${steps.length}]`;
  const formula = '(raw - offset) * multiplier >> shift';
  return [
    `Input: ${prefix}_input() makes of ${features} raw integers, in the order`,
    `  (row * columns + column) * channels + channel, the ${features * inputsEach(scaling)} inputs`,
    `  raw     a feature times 2^fraction, rounded: where fraction is 0, as a sensor gives it`,
    kind === 'signed'
      ? `  input   two a feature: ${formula}, and the same of offset - raw`
      : `  input   ${formula}`,
    `          clipped to 0 ... 255; these four constants are ${each}`,
  ];
}

/** Constants and the function. */
export function scalingCode({ kind, features, steps }: Scaling, prefix: string): string {
  const column = (type: string, name: string, key: keyof (typeof steps)[number]) =>
    array(
      type,
      `${prefix}_${name}[${steps.length}]`,
      Int32Array.from(steps, (step) => step[key]),
    );
  const inputs = kind === 'signed' ? ['2 * f', '2 * f + 1'] : ['f'];
  return `${[
    column('int8_t', 'fractions', 'fraction'),
    column('int32_t', 'offsets', 'offset'),
    column('uint16_t', 'multipliers', 'multiplier'),
    column('uint8_t', 'shifts', 'shift'),
  ].join('\n\n')}

static inline uint8_t ${prefix}_level(int64_t above, uint32_t k) {
  if (above <= 0) return 0;
  const int64_t level = (above * ${prefix}_multipliers[k]) >> ${prefix}_shifts[k];
  return level > 255 ? 255 : (uint8_t)level;
}

static inline void ${prefix}_input(
    const int32_t raw[${features}], uint8_t input[${features * inputs.length}]) {
  for (uint32_t f = 0; f < ${features}; f++) {
    const uint32_t k = f % ${steps.length};
    const int64_t above = (int64_t)raw[f] - ${prefix}_offsets[k];
${inputs.map((at, half) => `    input[${at}] = ${prefix}_level(${half === 0 ? 'above' : '-above'}, k);`).join('\n')}
  }
}`;
}

/** Names of the classes, by the output's units. */
export function classesCode(names: readonly string[], prefix: string): string {
  return `static const char *const ${prefix}_classes[${names.length}] = {\n${names.map((name) => `  ${text(name)},`).join('\n')}\n};`;
}

/** A string of C: what is not plain ASCII as the octal numbers of its bytes. */
function text(name: string): string {
  const signs = Array.from(Buffer.from(name), (byte) => {
    const sign = String.fromCharCode(byte);
    return /[A-Za-z0-9 _.,:;+*/()<>=!-]/.test(sign) ? sign : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${signs.join('')}"`;
}
