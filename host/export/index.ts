export type { ExportedModel } from './model.js';
export { type NpyArray, toNpy } from './npy.js';
export { type AskableModel, readExport } from './read-export.js';
export { writeExport } from './write-export.js';
