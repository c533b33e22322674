import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { DeviceStream } from '#host/devices/device-stream';
import { watchSignOfLife } from '#host/devices/sign-of-life';
import { simulatedBinding } from '#host/devices/simulated-binding';
import { UserError } from '#host/ground/index';

test.each([
  ['getBaudRate', 'get'],
  ['get', 'getBaudRate'],
] as const)('a port that no longer answers %s fails, read or not', async (question, other) => {
  const port = await simulatedBinding.open({ path: 'simulated', baudRate: 9600, arena: 1 << 16 });
  const binding = { list: simulatedBinding.list, open: async () => port };
  const stream = new DeviceStream({ binding, path: 'simulated', baudRate: 9600 }, (cause) => {
    return new UserError('gone', undefined, { cause });
  });
  await stream.opened();
  if (question === 'get') vi.spyOn(port, other).mockRejectedValue(new Error('not implemented'));
  await watchSignOfLife(stream);
  vi.spyOn(port, question).mockRejectedValue(new Error('hung up'));
  const [error] = await once(stream, 'error');
  expect(error).toMatchObject({ message: 'gone', cause: { message: 'hung up' } });
  expect(port.isOpen).toBe(false);
});

test('a port that answers neither is left alone', async () => {
  const port = await simulatedBinding.open({ path: 'simulated', baudRate: 9600, arena: 1 << 16 });
  const binding = { list: simulatedBinding.list, open: async () => port };
  const stream = new DeviceStream(
    { binding, path: 'simulated', baudRate: 9600 },
    () => new UserError('gone'),
  );
  await stream.opened();
  vi.spyOn(port, 'get').mockRejectedValue(new Error('not implemented'));
  const asked = vi.spyOn(port, 'getBaudRate').mockRejectedValue(new Error('not implemented'));
  await watchSignOfLife(stream);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(asked).toHaveBeenCalledTimes(1);
  stream.destroy();
  await once(stream, 'close');
  expect(stream.errored).toBe(null);
});
