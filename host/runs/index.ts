export { Bench } from './bench.js';
export type { RunConditions, RunEvents, RunResult, RunStart } from './conduct.js';
export { evaluateRun, type RunEvaluation } from './evaluate-run.js';
export { FolderReport, reportOf } from './folder-report.js';
export { type LockstepOutcome, type Stage, verifyLockstep } from './lockstep-run.js';
export { type DeviceChoice, openBench } from './open-bench.js';
export { type ResumeOptions, type RunOptions, resumeRun, startRun } from './run.js';
export { type RunLog, readLog } from './run-log.js';
export { writeRunReport } from './run-report.js';
