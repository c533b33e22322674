/** The library: what the command line is made of. It never prints. */
import './require-node.js';

export {
  type CaptureCounts,
  type Captured,
  type CaptureEnding,
  type CaptureEvents,
  type CaptureOptions,
  capture,
  type Silence,
} from './capture/index.js';
export {
  type ClassCount,
  type DataSetOptions,
  type Dataset,
  type DatasetSummary,
  dataSet,
  type Examples,
  type FeatureSummary,
  type Features,
  type ImageSet,
  loadDataset,
  loadSet,
  type Order,
  type Origin,
  type Preparation,
  type Reading,
  type Samples,
  type SetName,
  split,
  summarise,
} from './data/index.js';
export { type DeviceLine, type DeviceOptions, listPorts, type PortDescription } from './devices/index.js';
export type { ConnectionLost, Endpoint, LoudName, QuietName, TensorRange } from './endpoint/index.js';
export { DeviceError } from './endpoint/index.js';
export type { AskableModel, ExportedModel } from './export/index.js';
export { type NpyArray, readExport, toNpy, writeExport } from './export/index.js';
export {
  type Board,
  type BuildEvents,
  type BuildOptions,
  boardIds,
  buildFirmware,
  type Emulation,
  type EmulationOptions,
  emulate,
  type Firmware,
  type FlashEvents,
  type FlashOptions,
  flashBoard,
  type Image,
  type MemoryPlan,
  measureFirmware,
  type NetworkAndMinibatch,
  type OpenOptions,
  openDevice,
  openEmulated,
  planMemory,
  readBoard,
  type SizeReport,
} from './firmware/index.js';
export { UserError } from './ground/index.js';
export type { Cores, Trap } from './kernel/index.js';
export {
  hostModule,
  Kernel,
  type Outcome,
  portableModule,
  type SharedKernel,
  Twin,
  type TwinOptions,
} from './kernel/index.js';
export type { LineKind } from './link/index.js';
export { type LineRates, Link, type LinkCounters, type LinkOptions } from './link/index.js';
export type {
  ConnectionKindName,
  Format,
  Graph,
  GraphConnection,
  GraphKeys,
  GraphLayer,
  NetworkParameters,
  Picture,
  Placed,
  Recipe,
  Scaling,
  ScalingStep,
  Shape,
  SharingMap,
  Storage,
  WeightArray,
} from './model/index.js';
export { checkRecipe, type Formats, formatsOf, presetNames, readPreset } from './model/index.js';
export {
  chooseThreshold,
  loadModel,
  type Model,
  type PredictedRow,
  type Prediction,
  predictRows,
} from './prediction/index.js';
export type {
  Answers,
  EpochMetrics,
  Evaluation,
  Evidence,
  FinalMetrics,
  Metrics,
  Position,
  Progress,
  RunFolder,
  RunOrigin,
  SymptomMetrics,
  SymptomName,
  Tally,
} from './records/index.js';
export type { Dynamics, LearningRates, Noise } from './reference/index.js';
export {
  type Batch,
  type Nudging,
  ReferenceNetwork,
  type Relaxed,
  relaxMinibatch,
  trainMinibatch,
} from './reference/index.js';
export type {
  Checks,
  Compared,
  DivergenceRecord,
  DriveHeadroom,
  EpochRecord,
  Facts,
  Headline,
  Kernels,
  LabelledExample,
  Learnt,
  Mistake,
  Occupancy,
  ReportData,
  Settling,
  SettlingStage,
  StretchRecord,
  Symptom,
  Tensor,
  UnderWay,
} from './report/index.js';
export { renderReport } from './report/index.js';
export type { DeviceChoice } from './runs/index.js';
export {
  evaluateRun,
  type LockstepOutcome,
  type ResumeOptions,
  type RunEvaluation,
  type RunEvents,
  type RunLog,
  type RunOptions,
  type RunResult,
  type RunStart,
  readLog,
  resumeRun,
  type Stage,
  startRun,
  verifyLockstep,
  writeRunReport,
} from './runs/index.js';
export type { TestResult } from './training/index.js';
export type { LayerHeadroom, VerificationLevel } from './verification/index.js';
export { Lockstep, VerificationError } from './verification/index.js';
export type {
  ErrorName,
  MessageName,
  PartName,
  ReplyOf,
  RequestOf,
  RuleName,
  WaysName,
} from './wire/index.js';
export { packImage, schemaHash } from './wire/index.js';
