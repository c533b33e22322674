import fc from 'fast-check';
import { holdsItsLaws } from './laws.js';

/** Kernels that overlap, touch, reach over the edge or leave units out; places that are pooled or not. */
function joints(most: number, channels: number, after: fc.Arbitrary<number>) {
  const few = fc.integer({ min: 1, max: most });
  return fc
    .record({
      channels: fc.integer({ min: 1, max: channels }),
      side: few,
      stride: few,
      padding: fc.nat(most),
      pool: fc.integer({ min: 1, max: 2 }),
      maximum: fc.integer({ min: 0, max: 1 }),
      rows: fc.integer({ min: 1, max: 2 }),
      columns: few,
      rest: fc.nat(1),
      after,
    })
    .map(({ side, stride, pool, maximum, rows, columns, rest, ...of }) => {
      const padding = Math.min(of.padding, side - 1);
      // Lines that the last place does not reach make none more.
      const lines = (places: number) =>
        Math.max(1, (places * pool - 1) * stride + side - 2 * padding + Math.min(rest, stride - 1));
      const pre = { channels: of.channels, rows: lines(rows), columns: lines(columns) };
      return {
        pre,
        post: { channels: of.after, rows, columns },
        words: { side, stride, padding, pool, maximum },
      };
    })
    .filter(({ pre, post, words: { side, stride, padding, pool } }) => {
      const places = (count: number) => Math.floor((count + 2 * padding - side) / stride) + 1;
      return places(pre.rows) === post.rows * pool && places(pre.columns) === post.columns * pool;
    });
}

/** Now and then wide enough for whole vectors of the host's build and a rest. */
const channels = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 27 }) },
);

holdsItsLaws('convolution', joints(3, 3, channels), joints(2, 1, fc.integer({ min: 1, max: 2 })));
