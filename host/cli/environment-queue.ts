/** The queue that the environment names. */
import { type Address, type Connection, connect, parseAddress, QUEUE_VARIABLE } from '../fleet/index.js';
import { say, styled } from './output.js';

/** @throws `UserError` where there is none, or it is no address */
export function addressOfQueue(): Address {
  const text = process.env[QUEUE_VARIABLE];
  // No process that this one starts needs it.
  delete process.env[QUEUE_VARIABLE];
  return parseAddress(text);
}

/** Says where the store is lost meanwhile, and when it is back. */
export async function withQueue<T>(
  address: Address,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(address, {
    onLost: () => say(styled('yellow', `the Redis at ${address.name} is gone: waiting for it`)),
    onBack: () => say(`the Redis at ${address.name} is back`),
  });
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}
