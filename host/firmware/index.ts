export { type Board, boardIds, boardsOfPort, exercisedIn, readBoard } from './board.js';
export { type BuildEvents, type BuildOptions, buildFirmware, type Firmware, findFirmware } from './build.js';
export { copyFirmware, copyProgram } from './copy-firmware.js';
export { type Emulation, type EmulationOptions, emulate } from './emulate.js';
export { type FlashOptions, flashBoard } from './flash.js';
export {
  buildLinuxDevice,
  describeLinuxTarget,
  isLinuxTarget,
  type LinuxOptions,
  type LinuxTarget,
  type LinuxTargetDescription,
  linuxTargets,
} from './linux-device.js';
export { type OpenOptions, openDevice, openEmulated, requireDevice } from './open-device.js';
export { boardArena, bytesNeeded, type MemoryPlan, type NetworkAndMinibatch, planMemory } from './plan.js';
export { measureFirmware, type SizeReport } from './size.js';
