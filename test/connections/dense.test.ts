import fc from 'fast-check';
import { vector } from '../kernel/networks.js';
import { holdsItsLaws } from './laws.js';

const few = fc.integer({ min: 1, max: 4 }).map((channels) => ({ channels, rows: 1, columns: 1 }));

holdsItsLaws(
  'dense',
  fc.record({ pre: vector, post: vector, words: fc.constant({}) }),
  fc.record({ pre: few, post: few, words: fc.constant({}) }),
);
