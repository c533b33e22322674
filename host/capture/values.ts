/** The numbers of a line, as data forwarders and plotters print them. */

/** Those that part the fields of a line, the first that is there; spaces where none is. A comma may be a decimal one. */
const SEPARATORS = ['\t', ';', ','];

/** A plotter's name may stand before it: `x:-0.3`. */
const NUMBER = /^(?:[\p{L}_][\p{L}\d_ ]*:)?\s*([+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?)$/iu;

/** A line's content: a value a channel, words, or values that cannot be trusted. */
export type Said =
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'damaged' };

/** Damaged is a line most of whose fields are numbers, but not all. */
export function saidIn(line: string): Said {
  const values = fieldsOf(line).map(numberIn);
  const numbers = values.filter(Number.isFinite).length;
  if (numbers === values.length) return { kind: 'values', values };
  return { kind: 2 * numbers > values.length ? 'damaged' : 'text' };
}

function fieldsOf(line: string): readonly string[] {
  const text = line.trim();
  const separator = SEPARATORS.find((one) => text.includes(one));
  if (separator === undefined) return text.split(/\s+/);
  const fields = text.split(separator);
  // Loops that print a separator behind every value leave one at the end.
  return fields.at(-1) === '' ? fields.slice(0, -1) : fields;
}

function numberIn(field: string): number {
  const number = NUMBER.exec(field.trim())?.[1];
  return number === undefined ? Number.NaN : Number(number.replace(',', '.'));
}
