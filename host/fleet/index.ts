export { type Address, parseAddress, QUEUE_VARIABLE } from './address.js';
export { capacityOf } from './capacity.js';
export { type Connection, connect, type LineEvents } from './connection.js';
export { experimentIn, sharedPathOf } from './experiment-file.js';
export { type Change, changeQueues, type QueueState, queueStates } from './overview.js';
export { type Presence, workersThere } from './presence.js';
export { SharedPath } from './shared-path.js';
export { Submission } from './submission.js';
export { type WorkEvents, type WorkOptions, work } from './worker.js';
