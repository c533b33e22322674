export { ConnectionLost } from './connection-lost.js';
export { DeviceError } from './device-error.js';
export type { Endpoint, LoudName, QuietName } from './endpoint.js';
export {
  EndpointTensors,
  loadParameters,
  parameterRequests,
  readParameters,
  readRequests,
  readStates,
  type TensorRange,
  type Tensors,
  writeTensor,
} from './tensors.js';
export { UntrueError } from './untrue.js';
