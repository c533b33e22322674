export type { DeviceChoice } from './bench.js';
export { evaluateRun, type RunEvaluation } from './evaluate-run.js';
export { type LockstepOutcome, type Stage, verifyLockstep } from './lockstep-run.js';
export {
  type ResumeOptions,
  type RunEvents,
  type RunOptions,
  type RunResult,
  type RunStart,
  resumeRun,
  startRun,
} from './run.js';
export { type RunLog, readLog } from './run-log.js';
export { writeRunReport } from './run-report.js';
