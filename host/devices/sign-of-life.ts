import type { SerialPortStream } from '@serialport/stream';
import type { BindingInterface } from './contract.js';

/** Milliseconds. */
const INTERVAL = 1000;

/**
 * Makes the stream of an open port fail when the port is gone, which reading does not always tell: a Unix terminal
 * that hangs up during a read yields no bytes and no error from then on, and the native binding reads on for ever.
 * The port is asked again and again what it could answer at first; a pseudo-terminal has no control lines, and not
 * every system tells a baud rate.
 */
export async function watchSignOfLife<T extends BindingInterface>(
  stream: SerialPortStream<T>,
): Promise<void> {
  const { port } = stream;
  if (!port) return;
  const questions = [() => port.getBaudRate(), () => port.get()];
  for (const ask of questions) {
    const isAnswered = await ask().then(
      () => true,
      () => false,
    );
    if (!isAnswered) continue;
    const timer = setInterval(() => ask().catch((error: Error) => stream._disconnected(error)), INTERVAL);
    stream.once('close', () => clearInterval(timer));
    return;
  }
}
