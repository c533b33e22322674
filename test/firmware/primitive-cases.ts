/** Random calls of the kernel's primitives, each with the memory that it works on: what the module makes of it is right. */
import { portableModule } from '#host/kernel/index';
import { DrawnMemory } from './drawn-memory.js';

/** Where the memory lies among the module's addresses, beyond its variables, and its bytes. */
export const BASE = 0xa000;
export const ROOM = 2048;

export interface Call {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly memory: Uint8Array;
}

/** Lists and records begin at multiples of 8, but for a skew. */
class Maker extends DrawnMemory {
  constructor(seed: number) {
    super(seed, BASE, ROOM);
  }

  place(values: readonly number[], bytes: 2 | 4, skew = 0): number {
    return this.placeAt(values, bytes, 8, skew);
  }

  /** Sums, which may lie on any word. */
  sums(n: number): number {
    return this.place(
      this.many(n, () => this.signed(32)),
      4,
      4 * this.within(0, 1),
    );
  }

  /** States or weights, which may lie on any half of a word. */
  halves(n: number): number {
    return this.place(
      this.many(n, () => this.signed(16)),
      2,
      2 * this.within(0, 3),
    );
  }
}

const MOST = 40;

const makers: Readonly<Record<string, (m: Maker) => readonly number[]>> = {
  addRows(m) {
    const [n, count] = [m.within(0, MOST), m.within(1, 4)];
    const rows = m.many(count, () => m.halves(n));
    const scales = m.place(
      m.many(count, () => m.signed(16)),
      2,
    );
    return [m.sums(n), n, m.place(rows, 4), scales, count];
  },
  addMultiples(m) {
    const [n, count] = [m.within(0, 20), m.within(0, 9)];
    const scales = m.many(count, () => (m.within(0, 1) === 0 ? 0 : m.signed(16)));
    return [m.sums(n * count), n, m.halves(n), m.place(scales, 2, 2 * m.within(0, 3)), count];
  },
  addDrives(m) {
    const n = m.within(0, MOST);
    return [m.sums(n), m.sums(n), n];
  },
  addPatch(m) {
    const [n, count, lines] = [m.within(0, 12), m.within(-1, 9), m.within(-1, 7)];
    const [wider, longer] = [
      2 * n * (Math.max(count, 0) + m.within(0, 1)),
      Math.max(count, 0) + m.within(0, 3),
    ];
    const most = m.within(0, 2);
    const factors = m.many(longer * Math.max(lines, 0), () => (m.within(0, 2) < most ? m.signed(16) : 0));
    const matrix = m.halves((wider / 2) * Math.max(lines, 0));
    return [m.sums(n), n, matrix, m.place(factors, 2, 2 * m.within(0, 3)), count, lines, wider, 2 * longer];
  },
  addColumns(m) {
    const [n, width, count] = [m.within(0, 30), m.within(8, 12), Math.min(m.within(1, 6), 4)];
    const matrix = m.halves(n * width);
    // Some are neighbours, some are not.
    let column = m.within(0, 1);
    const columns = m.many(count, () => {
      const at = matrix + 2 * column;
      column += m.within(1, 2);
      return at;
    });
    const scales = m.place(
      m.many(count, () => m.signed(16)),
      2,
    );
    return [m.sums(n), n, 2 * width, m.place(columns, 4), scales, count];
  },
  addListed(m) {
    const n = m.within(1, MOST);
    const listed = Array.from({ length: n }, (_, j) => 2 * j).filter(() => m.within(0, 2) === 0);
    return [m.sums(n), m.halves(n), m.place(listed, 2, 2 * m.within(0, 3)), listed.length, m.signed(16)];
  },
  changeWeights(m) {
    const [n, shift] = [m.within(0, MOST), m.within(17, 46)];
    // Contrasts that isNarrow() allows, and in a third of the rows those that change weights by a few units.
    const most = 2 ** 31 - 1 - 2 ** Math.max(shift - 16, 0);
    const mantissa = m.within(0, 0xffff);
    const bits = m.within(0, 2) > 0 ? 32 : Math.min(31, Math.max(4, shift - 12));
    const contrasts = m.many(n, () =>
      m.within(0, 1) === 0 ? 0 : Math.min(most, Math.max(-most, m.signed(bits))),
    );
    const words = m.many(n, () => m.word() | 0x10001);
    const row = [m.word(), m.word(), mantissa, shift, m.word(), m.word(), m.within(0, 9)];
    return [m.halves(n), m.place(contrasts, 4, 4), m.place(words, 4, 4), n, m.place(row, 4)];
  },
  settleStates(m) {
    const [n, shift, fraction] = [m.within(0, MOST), m.within(0, 20), m.within(0, 14)];
    const one = 2 ** fraction;
    const near = Math.min(32, shift + fraction + 2);
    const drives = m.many(n, () => m.signed(m.within(0, 3) > 0 ? near : 32));
    const states = m.many(n, () => m.within(0, one));
    const at = m.place(states, 2, 2 * m.within(0, 3));
    return [at, m.halves(n), m.place(drives, 4, 4), n, shift, one];
  },
};

export const primitiveNames = Object.keys(makers);

export function callOf(name: string, seed: number): Call {
  const maker = new Maker(seed);
  const parameters = makers[name](maker);
  return { name, parameters, memory: maker.memory };
}

const module = new WebAssembly.Module(Buffer.from(portableModule(16)));

/** The module's results of calls, one after the other, and a sum over the memory that they leave. */
export function answersOf(calls: readonly Call[]): Uint32Array {
  const { exports } = new WebAssembly.Instance(module);
  const { buffer } = exports.memory as WebAssembly.Memory;
  const memory = new Uint8Array(buffer, BASE, ROOM);
  return Uint32Array.from(
    calls.flatMap((call) => {
      memory.set(call.memory);
      const made = exports[call.name] as (...parameters: number[]) => number | undefined;
      const result = made(...call.parameters) ?? 0;
      // Any but zero says that something changed.
      return [result === 0 ? 0 : 1, memory.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 0)];
    }),
  );
}
