/** A USB device's name is printed, and must not steer the terminal. */
import { expect, test, vi } from 'vitest';

vi.mock('#host/devices/serialport', () => ({
  loadSerialPort: async () => ({
    SerialPort: {
      list: async () => [
        { path: '/dev/ttyACM0', manufacturer: '\x1b[2J\x1b]0;x\x07Böse Ware\u202e', serialNumber: 'a\r\nb' },
      ],
    },
  }),
}));

test('names without control characters', async () => {
  const { listPorts } = await import('#host/devices/ports');
  const [port] = await listPorts();
  expect(port).toMatchObject({ manufacturer: '[2J]0;xBöse Ware', serialNumber: 'ab', vendorId: undefined });
});
