/** Parts of the kernel that firmware may leave out, as the kernel keeps them: a bit each. */
import { ConnectionKind } from './kinds.js';
import { Ability, type Rule, type Ways } from './numbers.js';

export type ConnectionKindName = keyof typeof ConnectionKind;
export type RuleName = keyof typeof Rule;
export type WaysName = keyof typeof Ways;
/** A kind of connections, or something that any of them may ask for. */
export type PartName = ConnectionKindName | keyof typeof Ability;

const codes: Readonly<Record<PartName, number>> = { ...ConnectionKind, ...Ability };

/** In the order of their codes. */
export const kindNames = Object.keys(ConnectionKind) as readonly ConnectionKindName[];
export const partNames = Object.keys(codes) as readonly PartName[];

export function partBits(names: Iterable<PartName>): number {
  return [...names].reduce((bits, name) => bits | (1 << codes[name]), 0);
}

/** The names in a set, in the order of their codes. */
export function partsIn(bits: number): readonly PartName[] {
  return partNames.filter((name) => bits & (1 << codes[name]));
}

/** The name of a code, of any version of the kernel. */
export function partOf(code: number): string {
  return partNames.find((name) => codes[name] === code) ?? `part number ${code}`;
}
