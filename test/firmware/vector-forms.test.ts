/** Processors' own forms of the kernel's loops against the module's, call by call; forms of other processors in QEMU. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import { expect, test } from 'vitest';
import { buildLinuxProgram, type LinuxTarget } from '#host/firmware/linux-device';
import { vectorModule } from '#host/kernel/kernel';
import { DrawnMemory } from './drawn-memory.js';
import { canRun, emulatorOf } from './linux-programs.js';

const PATIENCE = 600_000;
/** Bytes of the module's memory that a call works on, and where they lie. */
const BASE = 1 << 20;
const ROOM = 1 << 17;
const CALLS = 300;

/** The program's status where the processor has no such forms. */
const HAS_NONE = 77;

const names = ['addStatePairs', 'sumProducts', 'changeVectors'] as const;

interface Call {
  readonly name: (typeof names)[number];
  readonly parameters: readonly number[];
  readonly memory: Uint8Array;
}

/** Between one thing and the next there is room for what nobody may touch. */
class Maker extends DrawnMemory {
  constructor(seed: number) {
    super(seed, BASE, ROOM);
  }

  place(values: readonly number[], bytes: 2 | 4): number {
    return this.placeAt(values, bytes, bytes, 4 * this.within(0, 3));
  }

  halves(n: number): number {
    return this.place(
      this.many(n, () => this.signed(16)),
      2,
    );
  }

  sums(n: number): number {
    return this.place(
      this.many(n, () => this.signed(32)),
      4,
    );
  }
}

const makers: Readonly<Record<Call['name'], (m: Maker) => readonly number[]>> = {
  addStatePairs(m) {
    const [n, pairs, from] = [m.within(1, 300), m.within(1, 7), m.within(0, 40)];
    const rows = m.many(2 * pairs, () => m.halves(from + n));
    return [
      m.sums(n),
      from,
      n,
      m.place(rows, 4),
      m.place(
        m.many(pairs, () => m.signed(16) + 0x10000 * m.signed(16)),
        4,
      ),
      pairs,
    ];
  },
  sumProducts(m) {
    const [n, count] = [m.within(1, 11), m.within(1, 120)];
    return [m.sums(n), n, m.halves(n * count), m.halves(count), count];
  },
  changeVectors(m) {
    const n = m.within(1, 100);
    const shift = m.within(17, 46);
    // Contrasts that scaleNarrow() is exact for; whole vectors of none, too.
    const bound = 2 ** 31 - 2 ** (shift - 16) - 1;
    const isSparse = m.within(0, 1) === 0;
    const contrast = () => {
      if (isSparse && m.within(0, 15) > 0) return 0;
      return Math.max(-bound, Math.min(bound, m.signed(32) >> m.within(0, 24)));
    };
    const low = m.many(n, () => m.word() | 1);
    const high = m.many(n, () => m.word() | 1);
    const words = m.place(low, 2);
    const apart = m.place(high, 2) - words;
    const weights = m.halves(n);
    const contrasts = m.place(m.many(n, contrast), 4);
    const mantissa = m.within(1, 0xffff);
    const row = [m.word(), m.word(), mantissa, shift, m.word(), m.word(), 0, apart];
    return [weights, contrasts, words, n, m.place(row, 4)];
  },
};

const calls: readonly Call[] = Array.from({ length: CALLS }, (_, seed) => {
  const name = names[seed % names.length];
  const maker = new Maker(seed);
  const parameters = makers[name](maker);
  return { name, parameters, memory: maker.memory };
});

type Primitive = (...parameters: readonly number[]) => void;
type VectorKernel = Record<Call['name'], Primitive> & { readonly memory: WebAssembly.Memory };

/** The memory as the module leaves it after each call. */
function expected(): readonly Uint8Array[] {
  const { exports } = instantiateSync<VectorKernel & Record<string, unknown>>(vectorModule() as Uint8Array);
  exports.memory.grow(32);
  return calls.map(({ name, parameters, memory }) => {
    const own = new Uint8Array(exports.memory.buffer, BASE, ROOM);
    own.set(memory);
    exports[name](...parameters);
    return own.slice();
  });
}

const source = new URL('native/forms-main.c', import.meta.url);

const cases = [
  ['linux-x64', 'kernel'],
  ['linux-x64', 'avx2'],
  ['linux-x64', 'avx512'],
  ['linux-arm64', 'kernel'],
  ['linux-arm64', 'neon'],
] as const satisfies readonly (readonly [LinuxTarget, string])[];

for (const [target, forms] of cases)
  test.skipIf(!canRun(target))(
    `${target}, ${forms}: as the module, of any length, with extremes and saturation (skipped where nothing here runs it)`,
    async ({ skip }) => {
      const program = await buildLinuxProgram(target, new Map([['main.c', readFileSync(source)]]));
      const [command, ...given] = [...emulatorOf(target), program];
      const input = Buffer.concat(
        calls.flatMap(({ name, parameters, memory }) => [
          Buffer.from(
            Uint32Array.from([names.indexOf(name), ...parameters, 0].slice(0, 7).concat(BASE, ROOM)).buffer,
          ),
          memory,
        ]),
      );
      const { status, stdout } = spawnSync(command, [...given, forms], {
        input,
        maxBuffer: 2 * input.length,
      });
      if (status === HAS_NONE) skip('the processor has no such vectors');
      expect(status).toBe(0);
      for (const [n, memory] of expected().entries()) {
        const made = stdout.subarray(n * ROOM, (n + 1) * ROOM);
        expect(Buffer.compare(made, memory), `${calls[n].name}(${calls[n].parameters}), the ${n}-th`).toBe(0);
      }
    },
    PATIENCE,
  );
