import type { DeviceLine } from '#host/devices/index';
import { DeviceError } from '#host/endpoint/index';
import { FrameSplitter } from '#host/link/frame';
import { decodeFrame } from '#host/link/index';
import { Signal } from '#host/wire/index';

/** The first error that the device tells of by itself. */
export function firstError({ stream }: DeviceLine): Promise<DeviceError> {
  const splitter = new FrameSplitter();
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (bytes: Buffer) => {
      for (const encoded of splitter.split(bytes)) {
        const frame = decodeFrame(encoded);
        if (frame?.type === Signal.error) resolve(DeviceError.decode(frame.payload));
      }
    });
  });
}
