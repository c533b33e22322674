export {
  CHECKPOINT,
  checkpointParts,
  hasCheckpoint,
  loadCheckpoint,
  readCheckpoint,
  requireCheckpoint,
  saveCheckpoint,
} from './checkpoint.js';
export { CheckpointClock } from './checkpoint-clock.js';
export { dataHash, requireSameData, requireSamePicture } from './data-hash.js';
export { isBetterThanLuck, isWithinChance } from './luck.js';
export {
  addReply,
  type DivergenceMetrics,
  type EpochMetrics,
  type Evaluation,
  emptyTally,
  type FinalMetrics,
  type Metrics,
  means,
  type Tally,
} from './metrics.js';
export { positionSchema } from './metrics-schema.js';
export { loadOwnData } from './own-data.js';
export { PersistentStates } from './persistent-states.js';
export type { Position, Progress } from './progress.js';
export { checkpointMark, replaceRunFiles, runFiles } from './run-files.js';
export { isRunFolder, METRICS, REPORT, RunFolder } from './run-folder.js';
export { namedArrays, SavedArrays } from './saved-arrays.js';
export {
  loadResult,
  loadRun,
  type RunOrigin,
  type RunSettings,
  type RunSurroundings,
  restoreRun,
  type SavedRun,
  saveRun,
} from './saved-run.js';
export { savedState } from './saved-state.js';
export {
  type Answers,
  type Evidence,
  noEvidence,
  type SymptomMetrics,
  type SymptomName,
} from './symptoms.js';
