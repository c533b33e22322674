export { areEqual, bytesFrom, bytesOf, characters, concatenate, hexadecimal } from './bytes.js';
export { isDuration, requireDuration, SECONDS_RANGE } from './duration.js';
export { reasonOf, UserError } from './errors.js';
export { faultIn } from './fault.js';
export {
  byteTickLabel,
  capital,
  closely,
  count,
  decimals,
  difference,
  duration,
  inPercent,
  memory,
  NOTHING,
  percent,
  powerOfTen,
  powerOfTwo,
  range,
  rounded,
  several,
  significant,
  tickLabel,
  time,
  withInterval,
} from './notation.js';
export { excerpt, printable } from './printable.js';
export {
  identityIn,
  identityText,
  isRunning,
  neighbourhood,
  ownIdentity,
  type ProcessIdentity,
} from './process-identity.js';
export { CONFIDENCE, deviationOf, mean, type Spread, spread } from './spread.js';
export { DEFAULT_STORAGE, integerArrays, type Storage, stateBits, storages } from './storage.js';
export { studentFactor } from './student.js';
export { hostVersion } from './version.js';
export { WorkerQueue } from './worker-queue.js';
