/** Numbers and times as they are written for people. */

const MINUS = '−';
const signed = (text: string) => text.replace('-', MINUS);
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A share as a percentage with two decimals: an error of one test image in 10,000 still shows. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** The difference of two shares in percentage points, with its sign. */
export function points(difference: number): string {
  const text = (100 * difference).toFixed(2);
  if (Number(text) === 0) return '±0.00';
  return difference > 0 ? `+${text}` : signed(text);
}

/** A whole number in groups of three. */
export function count(value: number): string {
  return signed(value.toLocaleString('en-US', { maximumFractionDigits: 0 }));
}

/** At most `digits` significant digits, without trailing zeros. */
export function significant(value: number, digits = 3): string {
  return signed(String(Number(value.toPrecision(digits))));
}

/** A number beside an axis: small powers of ten as powers, all else in full. */
export function tickLabel(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (value > 0 && exponent <= -3 && Math.abs(value / 10 ** exponent - 1) < 1e-9)
    return `10⁻${[...String(-exponent)].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`;
  return signed(value.toLocaleString('en-US', { maximumSignificantDigits: 6 }));
}

/** Seconds as `2 h 05 min`, `3 min 12 s` or `8.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${significant(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
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
