export type { CarriedTask, Carrier, CarrierEvents } from './carrier.js';
export { ExperimentFolder, type ExperimentKind, readPlan, requireFree } from './experiment-folder.js';
export type { Ending } from './process.js';
export { runTask, runTasks } from './run-task.js';
export { runConcurrently, timeTaken } from './schedule.js';
export { type DataPlace, doTask, type Task, type TaskKind } from './task.js';
