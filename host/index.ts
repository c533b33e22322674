/** The library: what the command line is made of. It never prints. */
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
export { UserError } from './errors.js';
export { toCHeader } from './export/c-header.js';
export type { ExportedModel } from './export/model.js';
export { toNpy } from './export/npy.js';
export { writeExport } from './export/write-export.js';
export { type Board, boardIds, readBoard } from './firmware/board.js';
export { type BuildEvents, type BuildOptions, buildFirmware, type Firmware } from './firmware/build.js';
export { type Emulation, emulate } from './firmware/emulate.js';
export { type FlashOptions, flashBoard } from './firmware/flash.js';
export { openDevice, openEmulated } from './firmware/open-device.js';
export { type MemoryPlan, planMemory } from './firmware/plan.js';
export { measureFirmware, type SizeReport } from './firmware/size.js';
export { hostModule, Kernel, portableModule } from './kernel/kernel.js';
export { Twin, type TwinOptions } from './kernel/twin.js';
export { DeviceError } from './link/device-error.js';
export type { Endpoint } from './link/endpoint.js';
export { Link, type LinkCounters, type LinkOptions } from './link/link.js';
export type { Format, Storage } from './model/format.js';
export { type Formats, formatsOf } from './model/formats.js';
export type { NetworkParameters } from './model/network-parameters.js';
export type { Picture } from './model/picture.js';
export type { Recipe } from './model/recipe.js';
export { checkRecipe } from './model/recipe-check.js';
export { type Batch, type Relaxed, relaxMinibatch } from './reference/minibatch.js';
export { ReferenceNetwork } from './reference/network.js';
export type { Dynamics } from './reference/relaxation.js';
export { trainMinibatch } from './reference/training.js';
export type { ReportData } from './report/data.js';
export { renderReport } from './report/report.js';
export { evaluateRun, type RunEvaluation } from './training/evaluate-run.js';
export { type LockstepOutcome, verifyLockstep } from './training/lockstep-run.js';
export type { Metrics } from './training/metrics.js';
export { presetNames, readPreset } from './training/presets.js';
export { type RunEvents, type RunOptions, type RunResult, resumeRun, startRun } from './training/run.js';
export { writeRunReport } from './training/run-report.js';
export { Lockstep, VerificationError } from './verification/lockstep.js';
export { packImage } from './wire/image.js';
export type { ErrorName, MessageName, ReplyOf, RequestOf } from './wire/schema.js';
export { schemaHash } from './wire/schema-hash.js';
