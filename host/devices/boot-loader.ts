import { listPorts } from './ports.js';
import { explainOpening } from './serial.js';
import { loadSerialPort } from './serialport.js';

/** No port is used at this rate: many boards take it for the wish to be programmed. */
const BAUD = 1200;

/**
 * Asks the board behind a port for its boot loader: opens the port at 1,200 baud, and closes it. A board that goes at once
 * may take the port with it before that is done.
 * @throws `UserError` where the port cannot be opened and is there still
 */
export async function askForBootLoader(path: string): Promise<void> {
  const { SerialPort } = await loadSerialPort();
  try {
    await (await SerialPort.binding.open({ path, baudRate: BAUD })).close();
  } catch (cause) {
    const ports = await listPorts();
    if (ports.some((port) => port.path === path)) throw await explainOpening(path, BAUD, cause as Error);
  }
}
