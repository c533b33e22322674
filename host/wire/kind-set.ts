/** Sets of connection kinds, as the kernel keeps them: a bit a kind. */
import { ConnectionKind } from './kinds.js';

export type ConnectionKindName = keyof typeof ConnectionKind;

/** All names, in the order of their codes. */
export const kindNames = Object.keys(ConnectionKind) as readonly ConnectionKindName[];

export function kindBits(names: Iterable<ConnectionKindName>): number {
  return [...names].reduce((bits, name) => bits | (1 << ConnectionKind[name]), 0);
}

/** The names in a set, in the order of their codes. */
export function kindsIn(bits: number): readonly ConnectionKindName[] {
  return kindNames.filter((name) => bits & (1 << ConnectionKind[name]));
}
