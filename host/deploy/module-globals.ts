/** Rewrites a module so that the outside sees its globals: what it knows beside its memory. */

const EXPORTS = 7;
const GLOBALS = 6;
const GLOBAL_KIND = 3;
const HEADER = 8;

/** The name under which a global is exported, by its index. */
export function globalName(index: number): string {
  return `global ${index}`;
}

/** @param module of WebAssembly's first version, without imports */
export function exportGlobals(module: Uint8Array): { readonly module: Uint8Array; readonly count: number } {
  const sections = sectionsOf(module);
  const count = readNumber(sections.find(({ id }) => id === GLOBALS)?.body ?? new Uint8Array(1), 0).value;
  const parts = sections.map(({ id, body }) => section(id, id === EXPORTS ? withGlobals(body, count) : body));
  return { module: Buffer.concat([module.subarray(0, HEADER), ...parts]), count };
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

function sectionsOf(module: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  for (let at = HEADER; at < module.length; ) {
    const size = readNumber(module, at + 1);
    sections.push({ id: module[at], body: module.subarray(size.end, size.end + size.value) });
    at = size.end + size.value;
  }
  return sections;
}

function section(id: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id), number(body.length), body]);
}

function withGlobals(body: Uint8Array, count: number): Uint8Array {
  const before = readNumber(body, 0);
  const entries = Array.from({ length: count }, (_, index) => {
    const name = Buffer.from(globalName(index));
    return Buffer.concat([number(name.length), name, Uint8Array.of(GLOBAL_KIND), number(index)]);
  });
  return Buffer.concat([number(before.value + count), body.subarray(before.end), ...entries]);
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function readNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let end = at;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[end++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, end };
  }
}

function number(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
