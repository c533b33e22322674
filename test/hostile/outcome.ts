/** Outcomes of reading a file: success, or an error that says which file and what to do. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { UserError } from '#host/ground/index';

function requireHelpful(error: unknown, name: string, what: string): void {
  expect(error, what).toBeInstanceOf(UserError);
  const { message, hint } = error as UserError;
  expect(message, what).toContain(name);
  expect(hint, `${what}: ${message}`).toBeTruthy();
}

/** @param name what the error must name */
export function expectClear(name: string, what: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    requireHelpful(error, name, what);
  }
}

export async function expectClearly(name: string, what: string, read: () => Promise<unknown>): Promise<void> {
  await read().catch((error) => requireHelpful(error, name, what));
}

const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** A file's bytes, changed a little, cut short, grown, doubled or exchanged for others. */
export function mutated(whole: Uint8Array): fc.Arbitrary<Buffer> {
  const position = fc.nat(Math.max(whole.length - 1, 0));
  const change = fc.tuple(position, fc.oneof(fc.constantFrom(...EDGES), fc.nat(255)));
  const spot = fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  const cut = position.map((length) => Buffer.from(whole.subarray(0, length)));
  const grown = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((tail) => Buffer.concat([whole, tail]));
  const without = fc
    .tuple(position, position)
    .map(([from, length]) => Buffer.concat([whole.subarray(0, from), whole.subarray(from + length)]));
  const twice = position.map((at) => Buffer.concat([whole.subarray(0, at), whole]));
  const other = fc.uint8Array({ maxLength: 128 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ arbitrary: spot, weight: 4 }, cut, grown, without, twice, other);
}

/** Values as JSON and TOML can hold them, names and numbers of the nastier kind among them. */
export const nasty: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    0.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    1e308,
    -1e308,
    1e-320,
    '',
    '0..5',
    '5..0',
    `0..${'9'.repeat(400)}`,
    '1-1',
    `${'9'.repeat(400)}-4`,
    '65535-65535-65535-10',
    'Q2.13',
    'Q-999999999.1000000015',
    `Q${'9'.repeat(400)}.1`,
    [],
    {},
    [null],
    '__proto__',
    'constructor',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 20 }),
  fc.array(fc.oneof(fc.integer(), fc.double(), fc.string({ maxLength: 4 })), { maxLength: 5 }),
  fc.dictionary(fc.constantFrom('a', 'length', '__proto__', 'toString'), fc.integer(), { maxKeys: 3 }),
);

/** A value of JSON with one of its leaves or branches exchanged, missing or added. */
export function tamperedJson(whole: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(whole);
  return fc.tuple(fc.constantFrom(...paths), fc.oneof(nasty, fc.constant(undefined))).map(([path, value]) => {
    if (path.length === 0) return value === undefined ? null : value;
    const copy = structuredClone(whole);
    let at = copy as Record<string, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    const last = path[path.length - 1];
    if (value === undefined) delete at[last];
    else Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
    return copy;
  });
}

function pathsOf(value: unknown): string[][] {
  if (value === null || typeof value !== 'object') return [[]];
  const own = Object.keys(value).flatMap((key) =>
    pathsOf((value as Record<string, unknown>)[key]).map((path) => [key, ...path]),
  );
  return [[], ['__proto__'], ['unknown'], ...own];
}

/** A checkpoint file of any header, with the checksum it should have. */
export function checkpointBytes(header: unknown, body: Uint8Array, textLength?: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(textLength ?? text.length);
  const content = Buffer.concat([Buffer.from('EQPROP1\n'), length, text, body]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** The parts that `checkpointBytes` makes a file of. */
export function checkpointParts(bytes: Buffer): { readonly header: unknown; readonly body: Buffer } {
  const textLength = bytes.readUInt32LE(8);
  return {
    header: JSON.parse(bytes.toString('utf8', 12, 12 + textLength)),
    body: bytes.subarray(12 + textLength, bytes.length - 32),
  };
}
