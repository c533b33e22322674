/** The identity of the wire: a hash of everything that the schema defines, in its order. */
import { crc32 } from './crc32.js';
import type { Codec, Layout } from './layout.js';
import { ProbeText, probePairs } from './probe.js';
import * as schema from './schema.js';

type Numbers = Readonly<Record<string, number>>;

/** The schema's exports by what they are, each by its name. */
export interface Definition {
  readonly constants: Numbers;
  readonly tables: Readonly<Record<string, Numbers>>;
  /** Payloads and records that are not messages. */
  readonly layouts: Readonly<Record<string, Layout>>;
  readonly messages: Readonly<
    Record<string, { code: number; quiet: boolean; request: Layout; reply: Layout }>
  >;
  readonly errors: Readonly<Record<string, readonly [code: number, text: string]>>;
  /** The texts and bytes that a line is probed with. */
  readonly probe: Readonly<Record<string, string | readonly number[]>>;
}

function isCodec(value: object): value is Codec<Layout> {
  return 'layout' in value && 'encode' in value;
}

function isNumbers(value: object): value is Numbers {
  return Object.values(value).every((number) => typeof number === 'number');
}

function named<T>(of: (value: unknown) => T | undefined): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) => {
      const part = of(value);
      return part === undefined ? [] : [[name, part]];
    }),
  );
}

export const definition: Definition = {
  constants: named((value) => (typeof value === 'number' ? value : undefined)),
  tables: named((value) =>
    typeof value === 'object' && value !== null && isNumbers(value) ? value : undefined,
  ),
  layouts: named((value) =>
    typeof value === 'object' && value !== null && isCodec(value) ? value.layout : undefined,
  ),
  messages: Object.fromEntries(
    Object.entries(schema.Messages).map(([name, { code, quiet, request, reply }]) => [
      name,
      { code, quiet, request: request.layout, reply: reply.layout },
    ]),
  ),
  errors: schema.Errors,
  probe: { ...ProbeText, pairs: probePairs },
};

/** The order of a layout's fields counts, that of the schema's parts does not. */
export function hashOf(of: Definition): number {
  const parts = Object.values(of).map((part: object) =>
    Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return crc32(new TextEncoder().encode(JSON.stringify(parts)));
}

export const schemaHash: number = hashOf(definition);
