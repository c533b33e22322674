export {
  ExperimentFolder,
  type ExperimentKind,
  finishedRun,
  readPlan,
  requireFree,
} from './experiment-folder.js';
export { runConcurrently, timeTaken } from './schedule.js';
