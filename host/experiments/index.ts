export type { CarriedRun, Carrier, CarrierEvents } from './carrier.js';
export { ExperimentFolder, type ExperimentKind, readPlan, requireFree } from './experiment-folder.js';
export { runConcurrently, timeTaken } from './schedule.js';
export type { Ending } from './train-process.js';
export { type PlannedRun, trainRun } from './train-run.js';
