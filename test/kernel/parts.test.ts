/** Kinds of connections that are left out: refused by name, the others as before. */
import { instantiateSync } from '@assemblyscript/loader';
import { describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { Kernel, portableModule } from '#host/kernel/kernel';
import { configureRequest, partsOf, partsOfNetwork, type Recipe } from '#host/model/index';
import {
  type ConnectionKindName,
  ErrorPayload,
  kindNames,
  Messages,
  type PartName,
  partBits,
} from '#host/wire/index';
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
  lateral: smallRecipe({
    relaxation: 'euler',
    rates: [0.1, 0.1, 0.1],
    connections: [
      { from: 0, to: 1, kind: 'dense' },
      { from: 1, to: 2, kind: 'dense' },
      { from: 1, to: 1, kind: 'lateral' },
    ],
  }),
} as const satisfies Record<ConnectionKindName, ReturnType<typeof smallRecipe>>;

type Exports = Record<
  'start' | 'keepParts' | 'execute' | 'requestBuffer' | 'replyBuffer',
  (...numbers: number[]) => number
> & { readonly memory: { readonly buffer: ArrayBuffer } } & Record<string, unknown>;

/** The answer to CONFIGURE of a kernel with those kinds alone. */
function answer(kept: readonly PartName[], recipe: Recipe) {
  const { exports } = instantiateSync<Exports>(portableModule(), {});
  exports.start(1 << 20, 4096);
  exports.keepParts(partBits(kept));
  const { code, request } = Messages.configure;
  const payload = request.encode(configureRequest(recipe));
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
    expect(answer(others, recipes[kind])).toMatchObject({
      error: 'partLeftOut',
      request: 'configure',
      place: kind === 'lateral' ? 2 : 0,
      message: `configure: this firmware leaves out ${kind}, which connection ${kind === 'lateral' ? 2 : 0} needs: it has ${others.join(', ')}`,
      hint: expect.stringContaining('eqprop flash <board>'),
    });
  });

  test('a kernel with what its network needs alone lays it out as one with all', () => {
    const whole = new Kernel(1 << 20, undefined, portableModule());
    expect(answer(partsOf(recipes[kind]), recipes[kind])).toEqual(
      whole.execute('configure', configureRequest(recipes[kind])),
    );
  });
});

test('the second connection is told by its place', () => {
  expect(answer(['convolution'], recipes.convolution)).toMatchObject({
    error: 'partLeftOut',
    value: 1,
    place: 1,
  });
});

test('a part that no version of the kernel knew is told as such', () => {
  const payload = ErrorPayload.encode({ value: 33, limit: 2, place: 0, code: 34, request: 3 });
  expect(DeviceError.decode(payload).message).toMatch(/leaves out part number 33, .* has dense$/);
});

test('no kind at all', () => {
  expect(answer([], recipes.dense)).toMatchObject({ message: expect.stringMatching(/has none$/) });
});

test('ways of their own are left out as kinds are', () => {
  const untied = smallRecipe({ feedback: 'untied' });
  expect(partsOf(untied)).toEqual(['dense', 'oneWay']);
  expect(answer(['dense'], untied)).toMatchObject({ error: 'partLeftOut', value: 16, place: 1 });
  expect(answer(['dense', 'oneWay'], untied)).toMatchObject({ units: expect.any(Number) });
  expect(partsOf(smallRecipe({ nudging: 'clamped' }))).toEqual(['dense', 'clamped']);
});

test('a centred input is left out where no recipe has one', () => {
  const centred = smallRecipe({ 'centred-input': true });
  expect(partsOf(centred)).toEqual(['dense', 'centred']);
  expect(answer(['dense'], centred)).toMatchObject({ error: 'partLeftOut', value: 20, limit: 2 });
  expect(answer(['dense', 'centred'], centred)).toMatchObject({ biases: expect.any(Number) });
});

test('a pulled input and a penalty by L1 are left out where no recipe has them', () => {
  const pulled = smallRecipe({ 'input-pull': 2.5 });
  expect(partsOf(pulled)).toEqual(['dense', 'pulledInput']);
  expect(answer(['dense'], pulled)).toMatchObject({ error: 'partLeftOut', value: 22, limit: 2 });
  expect(answer(['dense', 'pulledInput'], pulled)).toMatchObject({ units: expect.any(Number) });
  const decaying = smallRecipe({ penalty: 'L1', 'weight-decay': [0.001, 0.001] });
  expect(partsOf(decaying)).toEqual(['dense', 'l1']);
  expect(answer(['dense'], decaying)).toMatchObject({ error: 'partLeftOut', value: 23, limit: 2 });
  expect(answer(['dense', 'l1'], decaying)).toMatchObject({ units: expect.any(Number) });
});

test('a network alone tells its kinds', () => {
  expect(partsOfNetwork('784-500-10')).toEqual(['dense']);
  expect(partsOfNetwork('28x28-conv5x8m-10')).toEqual(['convolution', 'dense']);
  expect(partsOfNetwork('28x28-conv5x8m-conv12x10')).toEqual(['convolution']);
  expect(() => partsOfNetwork('784')).toThrow('network: 784 is none');
});

test('spikes are left out where no recipe has any', () => {
  const spiking = smallRecipe({ relaxation: 'spiking' });
  expect(partsOf(spiking)).toEqual(['dense', 'spikes']);
  expect(partsOf(smallRecipe({ 'pixel-spikes': 1 }))).toEqual(['dense', 'spikes']);
  expect(answer(['dense'], spiking)).toMatchObject({ error: 'partLeftOut', value: 21, limit: 2 });
  expect(answer(['dense', 'spikes'], spiking)).toMatchObject({ units: expect.any(Number) });
});
