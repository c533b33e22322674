/** The library: what the command line is made of. It never prints. */
import './require-node.js';

export {
  type Dataset,
  type ImageSet,
  loadDataset,
  loadSet,
  type Samples,
  type SetName,
  split,
} from './data/dataset.js';
export { type DeviceLine, type DeviceOptions, listPorts, type PortDescription } from './devices/open.js';
export type { ConnectionLost } from './endpoint/connection-lost.js';
export { DeviceError } from './endpoint/device-error.js';
export type { Endpoint, LoudName, QuietName } from './endpoint/endpoint.js';
export type { TensorRange } from './endpoint/tensors.js';
export { toCHeader } from './export/c-header.js';
export type { ExportedModel } from './export/model.js';
export { type NpyArray, toNpy } from './export/npy.js';
export { writeExport } from './export/write-export.js';
export { type Board, boardIds, readBoard } from './firmware/board.js';
export { type BuildEvents, type BuildOptions, buildFirmware, type Firmware } from './firmware/build.js';
export { type Emulation, type EmulationOptions, emulate } from './firmware/emulate.js';
export { type FlashOptions, flashBoard } from './firmware/flash.js';
export { openDevice, openEmulated } from './firmware/open-device.js';
export { type MemoryPlan, type NetworkAndMinibatch, planMemory } from './firmware/plan.js';
export { measureFirmware, type SizeReport } from './firmware/size.js';
export { UserError } from './ground/errors.js';
export { hostModule, Kernel, type Outcome, portableModule, type SharedKernel } from './kernel/kernel.js';
export type { Trap } from './kernel/trap.js';
export { Twin, type TwinOptions } from './kernel/twin.js';
export type { LineKind } from './link/diagnosis.js';
export { Link, type LinkCounters, type LinkOptions } from './link/link.js';
export type { ConnectionKindName, Placed, Shape, SharingMap } from './model/connections/kind.js';
export type { Format, Storage } from './model/format.js';
export { type Formats, formatsOf } from './model/formats.js';
export type { Graph, GraphConnection, GraphKeys, GraphLayer } from './model/graph.js';
export type { NetworkParameters, WeightArray } from './model/network-parameters.js';
export type { Picture } from './model/picture.js';
export { presetNames, readPreset } from './model/presets.js';
export type { Recipe } from './model/recipe.js';
export { checkRecipe } from './model/recipe-check.js';
export type { Evaluation, Metrics, Tally } from './records/metrics.js';
export type { Position, Progress } from './records/progress.js';
export type { RunFolder } from './records/run-folder.js';
export { type Batch, type Nudging, type Relaxed, relaxMinibatch } from './reference/minibatch.js';
export { ReferenceNetwork } from './reference/network.js';
export type { LearningRates } from './reference/plasticity.js';
export type { Dynamics } from './reference/relaxation.js';
export { trainMinibatch } from './reference/training.js';
export type {
  Checks,
  Compared,
  DivergenceRecord,
  DriveHeadroom,
  EpochRecord,
  Facts,
  Headline,
  Mistake,
  ReportData,
  Tensor,
} from './report/data.js';
export { renderReport } from './report/report.js';
export type { DeviceChoice } from './runs/bench.js';
export { evaluateRun, type RunEvaluation } from './runs/evaluate-run.js';
export { type LockstepOutcome, type Stage, verifyLockstep } from './runs/lockstep-run.js';
export {
  type RunEvents,
  type RunOptions,
  type RunResult,
  type RunStart,
  resumeRun,
  startRun,
} from './runs/run.js';
export { writeRunReport } from './runs/run-report.js';
export type { TestResult } from './training/trainer.js';
export type { LayerHeadroom } from './verification/headroom.js';
export type { VerificationLevel } from './verification/level.js';
export { Lockstep, VerificationError } from './verification/lockstep.js';
export { packImage } from './wire/image.js';
export type { ErrorName, MessageName, ReplyOf, RequestOf } from './wire/schema.js';
export { schemaHash } from './wire/schema-hash.js';
