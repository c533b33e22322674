import { describe, expect, test } from 'vitest';
import { crc32 } from '#host/link/crc32';
import { DeviceError } from '#host/link/device-error';
import { PROBE_LIMIT, PROBE_MASK, ProbeSign, ProbeText, probePairs } from '#host/link/probe';
import {
  ArenaPart,
  Errors,
  errorLayout,
  Fault,
  HEADER,
  MAX_BATCH,
  MAX_LAYERS,
  MAX_OUTPUTS,
  MAX_PAYLOAD,
  MAX_REPLY,
  Messages,
  missingLayout,
  NO_STEP,
  Nudging,
  Option,
  Parameter,
  PROTOCOL,
  REPLY,
  REPLY_SLOTS,
  Relaxation,
  Rounding,
  Signal,
  Stream,
  schemaHash,
  Tensor,
  TOLD_REQUESTS,
  TRAILER,
} from '#host/link/schema';

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
    expect(Object.entries(errorLayout.layout)).toEqual([
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
  type Definition = [name: string, code: number, quiet: boolean, request: object, reply: object];
  const messages: readonly Definition[] = Object.entries(Messages).map(([name, m]) => [
    name,
    m.code,
    m.quiet,
    m.request.layout,
    m.reply.layout,
  ]);
  const hash = (definitions: readonly Definition[]) => {
    const all = [
      PROTOCOL,
      [HEADER, TRAILER, MAX_PAYLOAD, MAX_REPLY, REPLY_SLOTS, TOLD_REQUESTS, REPLY, NO_STEP],
      [MAX_LAYERS, MAX_OUTPUTS, MAX_BATCH],
      [Tensor, ArenaPart, Relaxation, Rounding, Parameter, Fault, Stream, Nudging, Option, Signal],
      definitions,
      missingLayout.layout,
      [ProbeText, PROBE_MASK, PROBE_LIMIT, ProbeSign, probePairs],
      Errors,
    ];
    return crc32(new TextEncoder().encode(JSON.stringify(all)));
  };
  const changed = (index: number, change: (definition: Definition) => Definition) =>
    hash(messages.map((definition, i) => (i === index ? change(definition) : definition)));

  test('is of all that the wire is made of', () => {
    expect(hash(messages)).toBe(schemaHash);
  });

  test.each(messages.map(([name], index) => [name, index] as const))('sees changes of %s', (_, index) => {
    const hashes = [
      changed(index, ([name, code, quiet, q, r]) => [name, code, quiet, { ...q, extra: 'u8' }, r]),
      changed(index, ([name, code, quiet, q, r]) => [name, code, quiet, q, { ...r, extra: 'u8' }]),
      changed(index, ([name, code, quiet, q, r]) => [name, code + 1, quiet, q, r]),
      changed(index, ([name, code, quiet, q, r]) => [name, code, !quiet, q, r]),
    ];
    for (const layout of [3, 4] as const) {
      const fields = Object.entries(messages[index][layout]);
      if (fields.length < 2) continue;
      const turned = Object.fromEntries(fields.toReversed());
      hashes.push(
        changed(index, (d) =>
          layout === 3 ? [d[0], d[1], d[2], turned, d[4]] : ([...d.slice(0, 4), turned] as Definition),
        ),
      );
    }
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
    const error = DeviceError.decode(errorLayout.encode({ ...numbers, code, request: Messages.train.code }));
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ error: name, request: 'train', ...numbers });
    expect(error.message).toMatch(/^train: \w/);
    expect(error.message).not.toMatch(/[{}]/);
    // The place of a parameter is told by its name.
    const told = { ...numbers, ...(name === 'badParameter' && { place: 'limit is' }) };
    for (const [word, number] of Object.entries(told))
      expect(error.message.includes(String(number))).toBe(template.includes(`{${word}}`));
  });

  test('of other versions are told as far as they are understood', () => {
    const error = DeviceError.decode(errorLayout.encode({ ...numbers, code: 999, request: 77 }));
    expect(error).toMatchObject({ error: undefined, ...numbers });
    expect(error.message).toBe('message 77: unknown error 999 (1234, 5678, 9)');
  });
});
