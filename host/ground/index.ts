export { bytesOf } from './bytes-of.js';
export { isDuration, requireDuration, SECONDS_RANGE } from './duration.js';
export { reasonOf, UserError } from './errors.js';
export { capital, count, duration, percent, points, significant, tickLabel, time } from './notation.js';
export { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';
export { hostVersion } from './version.js';
export { WorkerQueue } from './worker-queue.js';
