import { UserError } from '../ground/index.js';

/** `serialport`, loaded when a port is first asked for: simulated devices need none of its native code. */
export async function loadSerialPort(): Promise<typeof import('serialport')> {
  try {
    return await import('serialport');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `serial ports cannot be used here: ${why}`,
      'install the packages again on this machine, or use a simulated device or a tcp:// address',
      { cause },
    );
  }
}
