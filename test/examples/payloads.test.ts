/** docs/payloads.md and the numbers of docs/embedding.md against the schema and the module. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Kernel, portableModule } from '#host/kernel/index';
import { encodeFrame } from '#host/link/index';
import {
  ConnectionRecord,
  ErrorPayload,
  Errors,
  LayerRecord,
  MAX_PAYLOAD,
  MAX_REPLY,
  type MessageName,
  Messages,
  mostReplied,
} from '#host/wire/index';
import { type Layout, place } from '#host/wire/layout';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const read = (page: string) => readFileSync(join(docs, page), 'utf8');

/** Title of a section, and its tables of fields, each row as `offset type name`. */
function sectionsOf(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  return new Map(
    page.split(/^## /m).map((section) => {
      const tables = section.split('|---|---|---|---|').slice(1);
      const rows = (table: string) =>
        [...table.matchAll(/^\| (\d+) \| ([\w[\]]+) \| `(\w+)` \|/gm)].map((row) => row.slice(1).join(' '));
      return [section.split('\n')[0], tables.map(rows)];
    }),
  );
}

const rowsOf = (layout: Layout) =>
  place(layout).fields.map(
    ({ offset, scalar, array, name }) => `${offset} ${scalar}${array ? '[]' : ''} ${name}`,
  );

/** Tells if `execute` takes a message's code. */
function isTaken(name: MessageName): boolean {
  const { refused, payload } = new Kernel(2 ** 16, 4096, portableModule()).executeEncoded(
    Messages[name].code,
    new Uint8Array(0),
  );
  return !refused || ErrorPayload.decode(payload).code !== Errors.unknownMessage[0];
}

test('every payload that execute() takes and gives is described as it is, and no other', () => {
  const sections = sectionsOf(read('payloads.md'));
  expect(sections.get('When it is refused')).toEqual([rowsOf(ErrorPayload.layout)]);
  const described = [...sections].filter(([title]) => title.includes(', code '));
  const names = (Object.keys(Messages) as MessageName[]).filter(isTaken);
  expect(described).toEqual(
    names.map((name) => {
      const { code, request, reply } = Messages[name];
      const records = name === 'configure' ? [LayerRecord.layout, ConnectionRecord.layout] : [];
      const tables = [request.layout, ...records, reply.layout].map(rowsOf).filter((rows) => rows.length > 0);
      return [`${name.toUpperCase()}, code ${code}`, tables];
    }),
  );
});

test('the sizes of the buffers are those told', async () => {
  const page = read('embedding.md');
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(portableModule()));
  const capacity = (instance.exports.inputCapacity as () => number)();
  expect(page).toContain(`and how many at most: ${capacity} bytes.`);
  const payload = new Uint8Array(
    mostReplied('read', { offset: 0, index: 0, count: 0, tensor: 0, padding: 0 }),
  );
  const type = Messages.read.code;
  const longest = encodeFrame({ type, session: 0x101, sequence: 0x101, payload: payload.fill(1) });
  expect(page).toContain(`What to send now: ${longest.length} bytes at most`);
  expect(page).toContain(`in the request buffer, ${MAX_PAYLOAD.toLocaleString('en')} bytes at most`);
  expect(page).toContain(`the length of the reply's payload, ${MAX_REPLY} at most`);
});
