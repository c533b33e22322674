export { deployedFrom, type Learning } from './deployed.js';
export type { Deployed } from './network-c.js';
export { type StandaloneOptions, writeStandalone } from './standalone.js';
export { wasmModule } from './wasm-module.js';
export { writeLibrary } from './write-library.js';
