import { expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { Kernel } from '#host/kernel/kernel';
import { trapOf } from '#host/kernel/trap';
import { decodeFrame } from '#host/link/index';
import { Fault, Signal } from '#host/wire/index';

/** A module of one page whose only function, of an i32, is these instructions. */
function trapping(...body: number[]): () => unknown {
  const code = [0, ...body, 0x0b];
  const module = new WebAssembly.Module(
    Uint8Array.of(
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 5, 1, 0x60, 0, 1, 0x7f],
      ...[3, 2, 1, 0],
      ...[5, 3, 1, 0, 1],
      ...[7, 5, 1, 1, 0x66, 0, 0],
      ...[10, code.length + 2, 1, code.length, ...code],
    ),
  );
  const f = new WebAssembly.Instance(module).exports.f as () => unknown;
  return f;
}

const i32 = (...leb: number[]) => [0x41, ...leb];
const minimum = i32(0x80, 0x80, 0x80, 0x80, 0x78);

test.each([
  ['divisionByZero', [...i32(1), ...i32(0), 0x6d]],
  ['integerOverflow', [...minimum, ...i32(0x7f), 0x6d]],
  ['outOfBounds', [...i32(0x7f), 0x28, 2, 0]],
  ['unreachable', [0x00]],
  ['stackOverflow', [0x10, 0]],
] as const)('%s', (name, body) => {
  const f = trapping(...body);
  let trap: ReturnType<typeof trapOf>;
  try {
    f();
  } catch (error) {
    trap = trapOf(error);
  }
  expect(trap?.cause).toBe(Fault[name]);
  // Behind the headers, within the function.
  expect(trap?.place).toBeGreaterThanOrEqual(30);
  expect(trap?.place).toBeLessThan(60);
});

test('other errors are no traps', () => {
  expect(trapOf(new RangeError('out of bounds'))).toBeUndefined();
});

test('a kernel started anew says why, and knows no network', () => {
  const kernel = new Kernel(1 << 16);
  const frame = decodeFrame(kernel.restart({ cause: Fault.outOfBounds, place: 0x1234 }).subarray(0, -1));
  expect(frame).toMatchObject({ type: Signal.error, session: 0 });
  const error = DeviceError.decode(frame?.payload ?? new Uint8Array(0));
  expect(error).toMatchObject({ error: 'fault', request: '' });
  expect(error.message).toBe(
    'the device stopped at address 0x00001234 (outOfBounds) and started anew: its weights are lost',
  );
  expect(kernel.execute('reset', {})).toEqual({});
  expect(() => kernel.execute('evaluate', { iterations: 1, samples: 1 })).toThrow(/no network/);
});
