// What WRITE and READ can address.
import { batchCapacity, freeStates, minusStates, plusStates } from '../model/minibatch';
import { connection, connectionCount, layer, layerCount, unitCount } from '../model/network';
import { fail } from './errors';
import { ErrorCode, Tensor } from './wire';

export let tensorAddress: usize = 0;
/** Elements. */
export let tensorLength: u32 = 0;
/** Bytes of an element. */
export let tensorWidth: i32 = 0;

/** Sets the three above, or fails. `index` is a connection, a layer or a slot. */
export function describeTensor(tensor: i32, index: i32): bool {
  if (layerCount == 0) {
    fail(ErrorCode.notConfigured);
    return false;
  }
  tensorWidth = 2;
  if (tensor == Tensor.weights && index < connectionCount) {
    const c = connection(index);
    tensorAddress = c.weights;
    tensorLength = c.pre.size * c.post.size;
  } else if (tensor == Tensor.biases && index > 0 && index < layerCount) {
    tensorAddress = layer(index).biases;
    tensorLength = layer(index).size;
    tensorWidth = 4;
  } else if (tensor >= Tensor.start && tensor <= Tensor.minus && index < batchCapacity) {
    tensorAddress =
      tensor == Tensor.plus
        ? plusStates(index)
        : tensor == Tensor.minus
          ? minusStates(index)
          : freeStates(index);
    tensorLength = unitCount;
  } else {
    fail(ErrorCode.badTensor, tensor, 0, index);
    return false;
  }
  return true;
}
