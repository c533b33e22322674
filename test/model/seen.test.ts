/** A minibatch as it is seen in training: the host's account of it is the witness's, to which kinds of connections hold the kernel. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seenAt, spared } from '#host/model/index';
import { mostShift, shifted } from '#host/model/shift';
import { PLAIN, Witness, type WitnessSettings } from '../kernel/witness.js';

const settings: Omit<WitnessSettings, 'layers' | 'seed' | 'inputScale' | 'shift'> = {
  ...{ storage: 16, connections: [], stateFraction: 13n, epsilon: 2048n, nudge: 1024n },
  ...{ relaxation: 'exact', rounding: 'nearest', freeIterations: 1, nudgedIterations: 1 },
  ...PLAIN,
};

const INPUT_SCALES = { 0: 4n, 0.2: 5n, 0.5: 8n } as const;
const few = fc.integer({ min: 1, max: 6 });

test('images move as the witness moves them, and lose the pixels that it loses', () => {
  let moved = 0;
  fc.assert(
    fc.property(
      fc.record({ channels: fc.integer({ min: 1, max: 3 }), rows: few, columns: few }),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom(0, 0.2, 0.5),
      fc.integer({ min: 0, max: 8 }),
      fc.nat(0xffff_ffff),
      fc.nat(0xffff_fffe),
      (shape, some, dropout, pixelSpikes, seed, step) => {
        const shift = Math.min(some, mostShift(shape));
        const { channels, rows, columns } = shape;
        const units = channels * rows * columns;
        const images = Uint8Array.from({ length: 3 * units }, (_, i) => 1 + (i % 255));
        const recipe = {
          ...{ network: `${channels}x${rows}x${columns}-4`, connections: [], 'receptive-fields': 'all' },
          ...{ seed, shift, 'input-dropout': dropout, 'pixel-spikes': pixelSpikes },
        } as const;
        const witness = new Witness({
          ...{ ...settings, pixelSpikes, seed: BigInt(seed), shift, inputScale: INPUT_SCALES[dropout] },
          layers: [{ ...shape, units, biases: 0 }],
        });
        witness.step = BigInt(step);
        const seen = seenAt({ images, labels: new Uint8Array(3) }, recipe, step);
        for (let slot = 0; slot < 3; slot++) {
          const [from, to] = [slot * units, (slot + 1) * units];
          expect(seen.images.subarray(from, to)).toEqual(witness.seen(images.subarray(from, to), slot));
        }
        const still = spared(images, recipe);
        if (shift > 0 && dropout === 0 && seen.images.some((pixel, i) => pixel !== still[i])) moved++;
      },
    ),
    { numRuns: 300 },
  );
  expect(moved).toBeGreaterThan(20);
});

test('every move up to the shift is drawn, each as often as any other, and what comes in is zero', () => {
  const input = { channels: 2, rows: 3, columns: 4 };
  // A picture whose every pixel tells where it was.
  const image = Uint8Array.from({ length: 24 }, (_, i) => i + 1);
  const moves = new Map<string, number>();
  const SLOTS = 9000;
  const images = new Uint8Array(SLOTS * 24).map((_, i) => image[i % 24]);
  const seen = shifted(images, input, { shift: 1, seed: 5 }, 7);
  for (let slot = 0; slot < SLOTS; slot++) {
    const one = seen.subarray(slot * 24, (slot + 1) * 24);
    const at = one.findIndex((pixel) => pixel !== 0);
    const down = Math.floor(at / 8) - Math.floor((one[at] - 1) / 8);
    const right = (Math.floor(at / 2) % 4) - (Math.floor((one[at] - 1) / 2) % 4);
    const expected = image.map((_, i) => {
      const [row, column] = [Math.floor(i / 8) - down, (Math.floor(i / 2) % 4) - right];
      return row < 0 || row > 2 || column < 0 || column > 3 ? 0 : image[row * 8 + column * 2 + (i % 2)];
    });
    expect(one).toEqual(expected);
    const move = `${down},${right}`;
    moves.set(move, (moves.get(move) ?? 0) + 1);
  }
  expect([...moves.keys()].sort()).toEqual(
    [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => `${down},${right}`)).sort(),
  );
  // 1000 each, with a deviation of 30.
  for (const count of moves.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
