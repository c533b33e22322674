export { Broadcast, type BroadcastSource } from './broadcast.js';
export { holdLease, releaseLease } from './lease.js';
export { LIVE, type LiveRun, type LiveState, readLive } from './live-file.js';
