export { deployedFrom, type Learning } from './deployed.js';
export type { Deployed } from './network-c.js';
export { writeLibrary } from './write-library.js';
