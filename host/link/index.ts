export type { ByteStream, Line } from './byte-stream.js';
export type { LineKind } from './diagnosis.js';
export { decodeFrame, encodeFrame } from './frame.js';
export { Link, type LinkCounters, type LinkOptions } from './link.js';
export { BITS_PER_BYTE, type LineRates } from './rates.js';
