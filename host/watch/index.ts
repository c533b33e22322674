export { findRuns } from './find-runs.js';
export { serveRuns, type WatchServer } from './server.js';
