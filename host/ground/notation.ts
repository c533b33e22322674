/**
 * Numbers and times as they are written for people, here alone. A number that is to be copied, and what machines read,
 * stays plain. The report's page holds this file, so it imports nothing.
 */

/** Stands where there is no number. */
export const NOTHING = '–';

const MINUS = '−';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

type Rounding = NonNullable<Parameters<number['toLocaleString']>[1]>;

/** Kept: to make one takes longer than to write a hundred numbers with it. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(rounding: Rounding): Intl.NumberFormat {
  const key = JSON.stringify(rounding);
  const format = formats.get(key) ?? new Intl.NumberFormat('en-US', rounding);
  formats.set(key, format);
  return format;
}

/** In groups of three; what rounds to zero has no sign. */
function grouped(value: number, rounding: Rounding): string {
  const text = formatOf(rounding).format(value);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace('-', MINUS);
}

/** A whole number: `1,234,567`. */
export function count(value: number | undefined): string {
  return value === undefined ? NOTHING : grouped(value, { maximumFractionDigits: 0 });
}

/** So many of something: `1 row`, `2,000 rows`. */
export function several(n: number, what: string, plural = `${what}s`): string {
  return `${count(n)} ${n === 1 ? what : plural}`;
}

/** With so many decimals, zeros among them: columns of them line up. */
export function decimals(value: number | undefined, digits = 2): string {
  if (value === undefined) return NOTHING;
  return grouped(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** At most `digits` significant digits, without trailing zeros. */
export function significant(value: number, digits = 3): string {
  return grouped(value, { maximumSignificantDigits: digits });
}

/** The nearest number of so many significant digits: for what is stored, not a notation. */
export function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A share as a percentage with two decimals: an error of one test image in 10,000 still shows. */
export function percent(share: number | undefined): string {
  return share === undefined ? NOTHING : inPercent(100 * share);
}

/** The same of a number that is in percent already, as recorded errors are. */
export function inPercent(value: number | undefined): string {
  return value === undefined ? NOTHING : `${decimals(value)} %`;
}

/** A difference with its sign. */
export function difference(value: number): string {
  const text = decimals(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

interface Spread {
  readonly mean: number;
  readonly halfWidth?: number | undefined;
}

/** A mean and half of its interval, where that is known: `2.03 ± 0.11`. */
export function withInterval(
  spread: Spread | undefined,
  write: (mean: number) => string = (mean) => decimals(mean),
): string {
  if (!spread) return NOTHING;
  const { mean, halfWidth } = spread;
  return halfWidth === undefined ? write(mean) : `${write(mean)} ± ${decimals(halfWidth)}`;
}

/** From the least to the most that something may be: `0.00 to 0.31`. */
export function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${decimals(low)} to ${decimals(high)}`;
}

/** `10⁻⁵` */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** A size as the power of two that it is, as formats are: `2^−12.3`. */
export function powerOfTwo(value: number): string {
  return value === 0 ? '0' : `2^${decimals(Math.log2(value), 1)}`;
}

/** A number that is looked at closely: four significant digits, a small one beside its power of ten. */
export function closely(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-3) return significant(value, 4);
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  return `${decimals(value / 10 ** exponent)} · ${powerOfTen(exponent)}`;
}

/** A number beside an axis: small powers of ten as powers, all else in full. */
export function tickLabel(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (value > 0 && exponent <= -3 && Math.abs(value / 10 ** exponent - 1) < 1e-9) return powerOfTen(exponent);
  return significant(value, 6);
}

/** Bytes beside an axis, whose ticks are round in tens: `500`, `20 kB`, `1.5 MB`. */
export function byteTickLabel(bytes: number): string {
  if (bytes >= 1e6) return `${significant(bytes / 1e6)} MB`;
  return bytes >= 1e3 ? `${significant(bytes / 1e3)} kB` : significant(bytes);
}

/** An amount of memory, in the unit that fits: `600 bytes`, `25.4 KiB`, `64 MiB`. */
export function memory(bytes: number): string {
  if (bytes < 2 ** 10) return `${count(bytes)} bytes`;
  const [unit, name] = bytes < 2 ** 20 ? [2 ** 10, 'KiB'] : [2 ** 20, 'MiB'];
  return `${grouped(bytes / unit, { maximumFractionDigits: 1 })} ${name}`;
}

/** Seconds as `2 h 05 min`, `3 min 12 s` or `8.4 s`. */
export function duration(seconds: number): string {
  if (rounded(seconds, 3) < 60) return `${significant(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${count(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** An ISO 8601 time as `2025-03-01 14:03 UTC`; anything else as it is. */
export function time(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The text with its first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
