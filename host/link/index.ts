export type { LineKind } from './diagnosis.js';
export { decodeFrame, encodeFrame } from './frame.js';
export { Link, type LinkCounters, type LinkOptions } from './link.js';
