export { ExperimentFolder, type ExperimentKind, readPlan, requireFree } from './experiment-folder.js';
export { runConcurrently, timeTaken } from './schedule.js';
