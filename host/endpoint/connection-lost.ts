import { UserError } from '../ground/index.js';

/**
 * The device cannot be heard any more, or has forgotten everything: unplugged, silent, reset. Nothing that it was asked
 * is known to be wrong, and a new session may go on from saved weights.
 */
export class ConnectionLost extends UserError {
  override readonly name = 'ConnectionLost';
}
