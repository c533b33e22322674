import { describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { ProbeText, probePairs } from '#host/wire/probe';
import {
  ConnectionKind,
  ErrorPayload,
  Errors,
  Fault,
  MAX_PAYLOAD,
  Messages,
  Option,
  Signal,
  Tensor,
} from '#host/wire/schema';
import { type Definition, definition, hashOf, schemaHash } from '#host/wire/schema-hash';

describe('what is frozen', () => {
  test('HELLO', () => {
    const { code, request, reply } = Messages.hello;
    expect(code).toBe(1);
    expect(Object.entries(request.layout)).toEqual([
      ['schema', 'u32'],
      ['protocol', 'u16'],
      ['session', 'u16'],
    ]);
    expect(Object.entries(reply.layout)).toEqual([
      ['kernel', 'u64'],
      ['digest', 'u64'],
      ['schema', 'u32'],
      ['arena', 'u32'],
      ['window', 'u32'],
      ['step', 'u32'],
      ['protocol', 'u16'],
      ['maxPayload', 'u16'],
      ['replySlots', 'u8'],
      ['weightBits', 'u8'],
      ['stateBits', 'u8'],
      ['configured', 'u8'],
    ]);
  });

  test('errors', () => {
    expect(Signal.error).toBe(0x42);
    expect(Object.entries(ErrorPayload.layout)).toEqual([
      ['value', 'u32'],
      ['limit', 'u32'],
      ['place', 'u32'],
      ['code', 'u16'],
      ['request', 'u16'],
    ]);
    expect(Errors.schemaMismatch[0]).toBe(1);
    expect(Errors.unknownSession[0]).toBe(2);
  });
});

describe('the schema hash', () => {
  type Message = Definition['messages'][string];

  test('is of all that the wire is made of', () => {
    const { constants, tables, layouts, messages, errors, probe } = definition;
    expect(constants).toMatchObject({ PROTOCOL: 3, MAX_PAYLOAD, NO_STEP: 0xffff_ffff });
    expect(tables).toMatchObject({ Tensor, ConnectionKind, Option, Fault, Signal });
    expect(Object.keys(layouts)).toEqual(
      expect.arrayContaining(['ErrorPayload', 'MissingPayload', 'LayerRecord', 'ConnectionRecord']),
    );
    expect(Object.keys(messages)).toEqual(Object.keys(Messages));
    expect(errors).toBe(Errors);
    expect(probe).toEqual({ ...ProbeText, pairs: probePairs });
    expect(hashOf(definition)).toBe(schemaHash);
  });

  test('sees changes of constants, names and texts', () => {
    const { constants, tables, layouts, errors, probe } = definition;
    const hashes = [
      { ...definition, constants: { ...constants, MAX_LAYERS: 7 } },
      { ...definition, tables: { ...tables, ConnectionKind: { ...ConnectionKind, other: 99 } } },
      { ...definition, layouts: { ...layouts, LayerRecord: { channels: 'u16' } } },
      { ...definition, errors: { ...errors, badLayers: [6, 'other words'] } },
      { ...definition, probe: { ...probe, begin: 'EQPROBED' } },
    ].map((changed) => hashOf(changed as Definition));
    expect(new Set([...hashes, schemaHash]).size).toBe(hashes.length + 1);
  });

  test.each(Object.keys(Messages))('sees changes of %s', (name) => {
    const message = definition.messages[name];
    const changed = (change: Partial<Message>) =>
      hashOf({ ...definition, messages: { ...definition.messages, [name]: { ...message, ...change } } });
    const turned = (['request', 'reply'] as const).flatMap((side) => {
      const fields = Object.entries(message[side]);
      return fields.length < 2 ? [] : [changed({ [side]: Object.fromEntries(fields.toReversed()) })];
    });
    const hashes = [
      changed({ request: { ...message.request, extra: 'u8' } }),
      changed({ reply: { ...message.reply, extra: 'u8' } }),
      changed({ code: message.code + 1 }),
      changed({ quiet: !message.quiet }),
      ...turned,
    ];
    expect(new Set([...hashes, schemaHash]).size).toBe(hashes.length + 1);
  });

  test('no two messages, signals or errors share a code', () => {
    const types = [...Object.values(Messages).map(({ code }) => code), ...Object.values(Signal)];
    expect(new Set(types).size).toBe(types.length);
    const codes = Object.values(Errors).map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('errors of the device', () => {
  const numbers = { value: 1234, limit: 5678, place: 9 };

  test.each(Object.entries(Errors))('%s', (name, [code, template]) => {
    const error = DeviceError.decode(ErrorPayload.encode({ ...numbers, code, request: Messages.train.code }));
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ error: name, request: 'train', ...numbers });
    expect(error.message).toMatch(/^train: \w/);
    expect(error.message).not.toMatch(/[{}]/);
    // The place of a parameter is told by its name, and so are the kinds of a set.
    const told = {
      ...numbers,
      ...(name === 'badParameter' && { place: 'limit is' }),
      ...(name === 'partLeftOut' && { value: 'leaves out part number', limit: 'it has ' }),
    };
    for (const [word, number] of Object.entries(told))
      expect(error.message.includes(String(number))).toBe(template.includes(`{${word}}`));
  });

  test('of other versions are told as far as they are understood', () => {
    const error = DeviceError.decode(ErrorPayload.encode({ ...numbers, code: 999, request: 77 }));
    expect(error).toMatchObject({ error: undefined, ...numbers });
    expect(error.message).toBe('message 77: unknown error 999 (1234, 5678, 9)');
  });
});
