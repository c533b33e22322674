/** Values at and just beyond the ends of what fields may be. */
import { type Layout, place, type Scalar } from '#host/wire/layout';
import type { Draw } from './draw.js';

const ends: Readonly<Record<Scalar, readonly number[]>> = {
  u8: [0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 0x7f, 0x80, 0xfe, 0xff],
  u16: [
    0, 1, 2, 3, 8, 9, 144, 145, 146, 255, 256, 257, 288, 289, 290, 512, 513, 576, 577, 4095, 4096, 4097,
    0x7fff, 0x8000, 0xfffe, 0xffff,
  ],
  u32: [0, 1, 2, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff],
  i32: [0, 1, -1, 0x7fffffff, -0x80000000],
  u64: [0, 1, 0x7fffffff, 0x80000000, 0xffffffff],
};
/** Gains and limits have ends of their own. */
const words = [15 << 16, 16 << 16, (32 << 16) | 0xffff, 33 << 16, 1 << 26, (1 << 26) + 1];

type Values = Record<string, unknown>;

function scalar(draw: Draw, kind: Scalar, valid: unknown): number | bigint {
  if (kind === 'u64') {
    const near = typeof valid === 'bigint' ? valid : 0n;
    const low = BigInt(draw.once(2) ? draw.pick(ends.u64) : draw.word());
    return draw.pick([near + 1n, near - 1n, low, (low << 32n) | low, 0xffff_ffff_ffff_ffffn]);
  }
  const near = typeof valid === 'number' ? valid : 0;
  return draw.pick([near - 1, near + 1, draw.pick(ends[kind]), draw.pick(ends[kind]), draw.word()]);
}

function array(draw: Draw, kind: Scalar, valid: ArrayLike<number>, room: number): ArrayLike<number> {
  const element = () =>
    Number(kind === 'u32' && draw.once(3) ? draw.pick(words) : scalar(draw, kind, valid[0] ?? 0));
  const values = Array.from(valid);
  const changes = {
    one: () => values.splice(draw.below(values.length + 1), 1, element()),
    shorter: () => values.splice(draw.below(values.length + 1)),
    longer: () => values.push(...Array.from({ length: draw.between(1, 4) }, element)),
    all: () => values.splice(0, values.length, ...values.map(element)),
    full: () => values.splice(0, values.length, ...Array.from({ length: room }, element)),
  };
  changes[draw.pickByShare({ one: 8, shorter: 3, longer: 3, all: 1, full: 1 })]();
  return values.slice(0, room);
}

/**
 * A message's values, one or two of them hostile.
 * @param most bytes of a payload
 */
export function spoil(draw: Draw, layout: Layout, valid: Values, most: number): Values {
  const { fields, size } = place(layout);
  const spoiled = { ...valid };
  if (fields.length === 0) return spoiled;
  for (let n = draw.between(1, 2); n > 0; n--) {
    const { name, scalar: kind, array: isArray } = draw.pick(fields);
    const width = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8 }[kind];
    spoiled[name] = isArray
      ? array(draw, kind, valid[name] as ArrayLike<number>, Math.floor((most - size) / width))
      : scalar(draw, kind, valid[name]);
  }
  return spoiled;
}

/** Bytes changed here and there: what no layout would have thought of. */
export function mutate(draw: Draw, payload: Uint8Array, most: number): Uint8Array {
  const bytes = new Uint8Array(
    Math.max(0, Math.min(most, payload.length + draw.pick([0, 0, 0, -1, 1, 2, 4]))),
  );
  bytes.set(payload.subarray(0, bytes.length));
  if (bytes.length === 0) return bytes;
  for (let n = draw.between(1, 4); n > 0; n--) {
    const at = draw.below(bytes.length);
    bytes[at] = draw.once(2) ? draw.pick(ends.u8) : bytes[at] ^ (1 << draw.below(8));
  }
  return draw.once(8) ? bytes.subarray(0, draw.below(bytes.length + 1)) : bytes;
}
