/** Kinds of connections that are left out: refused by name, the others as before. */
import { instantiateSync } from '@assemblyscript/loader';
import { describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { Kernel, portableModule } from '#host/kernel/kernel';
import { configureRequest, partsOf, partsOfNetwork } from '#host/model/index';
import { type ConnectionKindName, ErrorPayload, kindNames, Messages, partBits } from '#host/wire/index';
import { smallRecipe } from '../runs/small-data.js';

/** A network of each kind, and of dense connections after the first. */
const recipes = {
  dense: smallRecipe(),
  convolution: smallRecipe({ network: '6x6-conv3x2-4' }),
  windows: smallRecipe({ 'receptive-fields': '2..4' }),
  local: smallRecipe({
    network: '6x6-2x2x2-4',
    connections: [
      { from: 0, to: 1, kind: 'local', side: 3, stride: 3 },
      { from: 1, to: 2, kind: 'dense' },
    ],
  }),
} as const satisfies Record<ConnectionKindName, ReturnType<typeof smallRecipe>>;

type Exports = Record<
  'start' | 'keepParts' | 'execute' | 'requestBuffer' | 'replyBuffer',
  (...numbers: number[]) => number
> & { readonly memory: { readonly buffer: ArrayBuffer } } & Record<string, unknown>;

/** What a kernel with those kinds alone answers to CONFIGURE. */
function answer(kept: readonly ConnectionKindName[], of: keyof typeof recipes) {
  const { exports } = instantiateSync<Exports>(portableModule(), {});
  exports.start(1 << 20, 4096);
  exports.keepParts(partBits(kept));
  const { code, request } = Messages.configure;
  const payload = request.encode(configureRequest(recipes[of]));
  new Uint8Array(exports.memory.buffer, exports.requestBuffer()).set(payload);
  const length = exports.execute(code, payload.length);
  const reply = new Uint8Array(exports.memory.buffer, exports.replyBuffer()).slice(
    0,
    length < 0 ? ErrorPayload.size : length,
  );
  return length < 0 ? DeviceError.decode(reply, code) : Messages.configure.reply.decode(reply);
}

describe.each(kindNames)('%s', (kind) => {
  const others = kindNames.filter((name) => name !== kind);

  test('left out, it is refused by its name', () => {
    expect(answer(others, kind)).toMatchObject({
      error: 'partLeftOut',
      request: 'configure',
      place: 0,
      message: `configure: connection 0 is of kind ${kind}, which this firmware leaves out: it has ${others.join(', ')}`,
      hint: expect.stringContaining('eqprop flash <board>'),
    });
  });

  test('a kernel with what its network needs alone lays it out as one with all', () => {
    const whole = new Kernel(1 << 20, undefined, portableModule());
    expect(answer(partsOf(recipes[kind]), kind)).toEqual(
      whole.execute('configure', configureRequest(recipes[kind])),
    );
  });
});

test('the second connection is told by its place', () => {
  expect(answer(['convolution'], 'convolution')).toMatchObject({ error: 'partLeftOut', value: 1, place: 1 });
});

test('a kind that no version of the kernel knew is told as such', () => {
  const payload = ErrorPayload.encode({ value: 33, limit: 2, place: 0, code: 34, request: 3 });
  expect(DeviceError.decode(payload).message).toMatch(/of kind number 33, .* has dense$/);
});

test('no kind at all', () => {
  expect(answer([], 'dense')).toMatchObject({ message: expect.stringMatching(/has none$/) });
});

test('a network alone tells its kinds', () => {
  expect(partsOfNetwork('784-500-10')).toEqual(['dense']);
  expect(partsOfNetwork('28x28-conv5x8m-10')).toEqual(['convolution', 'dense']);
  expect(partsOfNetwork('28x28-conv5x8m-conv12x10')).toEqual(['convolution']);
  expect(() => partsOfNetwork('784')).toThrow('network: 784 is none');
});
