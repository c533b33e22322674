export { type Board, boardIds, boardsOfPort, exercisedIn, readBoard, withOneCore } from './board.js';
export {
  type BuildEvents,
  type BuildOptions,
  buildFirmware,
  buildProgram,
  type Firmware,
  findFirmware,
  type Image,
} from './build.js';
export { type Conversation, talkTo } from './conversation.js';
export { copyFirmware, copyProgram } from './copy-firmware.js';
export { type DeployedImage, isDeployedImage, listImage, readDeployedImage } from './deployed-image.js';
export { type Emulation, type EmulationOptions, emulate, serve } from './emulate.js';
export { type FlashEvents, type FlashOptions, flashBoard } from './flash.js';
export { callForm, formsIn } from './generated-c.js';
export {
  buildLinuxDevice,
  describeLinuxTarget,
  isLinuxTarget,
  type LinuxOptions,
  type LinuxTarget,
  type LinuxTargetDescription,
  linuxTargets,
} from './linux-device.js';
export { boardNamed, type OpenOptions, openDevice, openEmulated, requireDevice } from './open-device.js';
export {
  boardArena,
  bytesNeeded,
  type MemoryPlan,
  moduleStaticBytes,
  type NetworkAndMinibatch,
  planMemory,
  type Residence,
} from './plan.js';
export { type DeployedPlan, type Deployment, planDeployed } from './plan-deployed.js';
export { measureFirmware, type SizeReport } from './size.js';
export { obtainTranslator, type ToolchainEvents } from './toolchain.js';
export { compileC, translate } from './translate.js';
