export { askForBootLoader } from './boot-loader.js';
export { DEFAULT_BAUD_RATE, type DeviceLine, type DeviceOptions } from './line.js';
export { openDevice, refuseSimulatedOptions } from './open.js';
export { listPorts, type PortDescription } from './ports.js';
export { openProgram } from './program.js';
export { openQemu, startQemu } from './qemu.js';
export { isTried, LIKELIEST_RATE } from './rates.js';
export { openRp2040 } from './rp2040.js';
export type { ChipLineName } from './rp2040-line.js';
