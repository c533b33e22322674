// Outer products, for SIMD: a column of scales with a row of states, added to a block of sums.
import { Compaction } from './compaction';
import { highPairs, lowPairs } from './lanes';
import { countProducts } from './work';

/** Pairs a_i, b_i of State[count] each, to i32[count]. Returns how many of all are not zero. */
export function pairUp(pairs: usize, a: usize, b: usize, count: i32): i32 {
  let some = 0;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const va = v128.load(a + (i << 1));
    const vb = v128.load(b + (i << 1));
    some += 16 - popcnt(Compaction.zeros(va)) - popcnt(Compaction.zeros(vb));
    v128.store(pairs + (i << 2), lowPairs(va, vb));
    v128.store(pairs + (i << 2), highPairs(va, vb), 16);
  }
  for (; i < count; i++) {
    const first = i32(load<i16>(a + (i << 1)));
    const second = i32(load<i16>(b + (i << 1)));
    some += i32(first != 0) + i32(second != 0);
    store<i32>(pairs + (i << 2), (first & 0xffff) | (second << 16));
  }
  return some;
}

/**
 * Adds a_i · p_j + b_i · q_j to i32[count × n] sums, the pairs a_i, b_i being i32[count], of which `some` numbers are not zero;
 * p and q are State[n].
 */
export function addOuter(sums: usize, n: i32, pairs: usize, count: i32, some: i32, p: usize, q: usize): void {
  countProducts(some, n);
  const end = pairs + (count << 2);
  const rowBytes = n << 2;
  let j = 0;
  for (; j + 16 <= n; j += 16) {
    const at = j << 1;
    const s0 = lowPairs(v128.load(p + at), v128.load(q + at));
    const s1 = highPairs(v128.load(p + at), v128.load(q + at));
    const s2 = lowPairs(v128.load(p + at, 16), v128.load(q + at, 16));
    const s3 = highPairs(v128.load(p + at, 16), v128.load(q + at, 16));
    for (let pair = pairs, to = sums + (j << 2); pair < end; pair += 4, to += rowBytes) {
      if (load<i32>(pair) == 0) continue;
      const scale = v128.load32_splat(pair);
      v128.store(to, i32x4.add(v128.load(to), i32x4.dot_i16x8_s(s0, scale)));
      v128.store(to, i32x4.add(v128.load(to, 16), i32x4.dot_i16x8_s(s1, scale)), 16);
      v128.store(to, i32x4.add(v128.load(to, 32), i32x4.dot_i16x8_s(s2, scale)), 32);
      v128.store(to, i32x4.add(v128.load(to, 48), i32x4.dot_i16x8_s(s3, scale)), 48);
    }
  }
  for (; j + 4 <= n; j += 4) {
    const s0 = lowPairs(v128.load64_zero(p + (j << 1)), v128.load64_zero(q + (j << 1)));
    for (let pair = pairs, to = sums + (j << 2); pair < end; pair += 4, to += rowBytes)
      v128.store(to, i32x4.add(v128.load(to), i32x4.dot_i16x8_s(s0, v128.load32_splat(pair))));
  }
  for (; j < n; j++) {
    const first = i32(load<i16>(p + (j << 1)));
    const second = i32(load<i16>(q + (j << 1)));
    for (let pair = pairs, to = sums + (j << 2); pair < end; pair += 4, to += rowBytes)
      store<i32>(to, load<i32>(to) + first * load<i16>(pair) + second * load<i16>(pair, 2));
  }
}
