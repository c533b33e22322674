/** AssemblyScript source of the wire, generated from the host's definition of it. */
import { type Layout, place } from './layout.js';
import { PROBE_MASK, ProbeText, probePairs } from './probe.js';
import { Messages } from './schema.js';
import { definition, schemaHash } from './schema-hash.js';

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

function constant(name: string, value: number): string {
  return `export const ${name}: ${value > 0x7fff_ffff ? 'u32' : 'i32'} = ${value};`;
}

function constants(namespace: string, values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values).map(([name, value]) => `  ${constant(name, value)}`);
  return `export namespace ${namespace} {\n${lines.join('\n')}\n}`;
}

/** Readers, writers or both of a record's fields; an array's name is where it begins. */
function accessors(namespace: string, layout: Layout, kinds: readonly ('get' | 'set')[]): string {
  const { fields, size } = place(layout);
  const lines = [`  export const SIZE: i32 = ${size};`];
  for (const { name, scalar, offset, array } of fields) {
    if (array) lines.push(`  export const ${name}: i32 = ${offset};`);
    else
      for (const kind of kinds)
        lines.push(
          kind === 'get'
            ? `  export function ${name}(at: usize): ${scalar} {\n    return load<${scalar}>(at, ${offset});\n  }`
            : `  export function set${capital(name)}(at: usize, value: ${scalar}): void {\n    store<${scalar}>(at, value, ${offset});\n  }`,
        );
  }
  return `export namespace ${namespace} {\n${lines.join('\n')}\n}`;
}

function isQuiet(): string {
  const codes = Object.values(definition.messages).flatMap(({ code, quiet }) =>
    quiet ? [`code == ${code}`] : [],
  );
  return `export function isQuiet(code: i32): bool {\n  return ${codes.join(' || ')};\n}`;
}

/** Words that the kernel stores, and words that eight bytes heard in turn come to. */
function probeWords(): readonly string[] {
  const word = (name: string, value: bigint) => `export const ${name}: u64 = ${value};`;
  const stored = (bytes: Iterable<number>) => Buffer.from([...bytes]).readBigUInt64LE();
  const heard = (text: string) =>
    Buffer.from(Array.from(text, (sign) => sign.charCodeAt(0) & PROBE_MASK)).readBigUInt64BE();
  return [
    word('PROBE_BEGIN', heard(ProbeText.begin)),
    word('PROBE_END', heard(ProbeText.end)),
    word('PROBE_VALUES', stored(Buffer.from(ProbeText.values))),
    word('PROBE_HEARD', stored(Buffer.from(ProbeText.heard))),
    word('PROBE_PAIRS', stored(probePairs)),
  ];
}

/** The least bytes of a command's payload, by its code. */
function leastLength(): string {
  const cases = Object.values(Messages).flatMap(({ code, isLinks, request: { size } }) => {
    return size > 0 && !isLinks ? [`    case ${code}:\n      return ${size};`] : [];
  });
  return `export function leastLength(code: i32): i32 {\n  switch (code) {\n${cases.join('\n')}\n    default:\n      return 0;\n  }\n}`;
}

/** @param kernelHash 64 bits that name the kernel's source */
export function wireSource(kernelHash: bigint): string {
  const { constants: numbers, tables, layouts, messages, errors } = definition;
  const codes = (of: Readonly<Record<string, { readonly code: number }>>) =>
    Object.fromEntries(Object.entries(of).map(([name, { code }]) => [name, code]));
  const parts = [
    '// Generated from host/wire/schema.ts by the build. Do not edit.',
    ...Object.entries(numbers).map(([name, value]) => constant(name, value)),
    `export const SCHEMA_HASH: u32 = ${schemaHash};`,
    `export const KERNEL_HASH: u64 = ${kernelHash};`,
    ...probeWords(),
    ...Object.entries(tables).map(([name, values]) => constants(name, values)),
    constants('Code', codes(messages)),
    constants('ErrorCode', Object.fromEntries(Object.entries(errors).map(([name, [code]]) => [name, code]))),
    isQuiet(),
    leastLength(),
    ...Object.entries(layouts).map(([name, layout]) => accessors(name, layout, ['get', 'set'])),
    ...Object.entries(messages).flatMap(([name, { request, reply }]) => [
      accessors(`${capital(name)}Request`, request, ['get']),
      accessors(`${capital(name)}Reply`, reply, ['set']),
    ]),
  ];
  return `${parts.join('\n')}\n`;
}
