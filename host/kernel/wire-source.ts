/** AssemblyScript source of the wire, generated from the host's definition of it. */
import { codec, type Layout, place } from '../link/layout.js';
import { PROBE_LIMIT, PROBE_MASK, ProbeSign, ProbeText, probePairs } from '../link/probe.js';
import {
  ArenaPart,
  Errors,
  errorLayout,
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
} from '../link/schema.js';

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

function constants(namespace: string, values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values).map(([name, value]) => `  export const ${name}: i32 = ${value};`);
  return `export namespace ${namespace} {\n${lines.join('\n')}\n}`;
}

function accessors(namespace: string, layout: Layout, kind: 'get' | 'set'): string {
  const { fields, size } = place(layout);
  const lines = [`  export const SIZE: i32 = ${size};`];
  for (const { name, scalar, offset, array } of fields) {
    if (array) lines.push(`  export const ${name}: i32 = ${offset};`);
    else if (kind === 'get')
      lines.push(
        `  export function ${name}(at: usize): ${scalar} {\n    return load<${scalar}>(at, ${offset});\n  }`,
      );
    else
      lines.push(
        `  export function set${capital(name)}(at: usize, value: ${scalar}): void {\n    store<${scalar}>(at, value, ${offset});\n  }`,
      );
  }
  return `export namespace ${namespace} {\n${lines.join('\n')}\n}`;
}

function isQuiet(): string {
  const codes = Object.values(Messages).flatMap(({ code, quiet }) => (quiet ? [`code == ${code}`] : []));
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

/** @param kernelHash 64 bits that name the kernel's source */
export function wireSource(kernelHash: bigint): string {
  const parts = [
    '// Generated from host/link/schema.ts by the build. Do not edit.',
    `export const PROTOCOL: u16 = ${PROTOCOL};`,
    `export const SCHEMA_HASH: u32 = ${schemaHash};`,
    `export const KERNEL_HASH: u64 = ${kernelHash};`,
    `export const HEADER: i32 = ${HEADER};`,
    `export const TRAILER: i32 = ${TRAILER};`,
    `export const MAX_PAYLOAD: i32 = ${MAX_PAYLOAD};`,
    `export const MAX_REPLY: i32 = ${MAX_REPLY};`,
    `export const REPLY_SLOTS: i32 = ${REPLY_SLOTS};`,
    `export const TOLD_REQUESTS: u32 = ${TOLD_REQUESTS};`,
    `export const MAX_LAYERS: i32 = ${MAX_LAYERS};`,
    `export const MAX_OUTPUTS: i32 = ${MAX_OUTPUTS};`,
    `export const MAX_BATCH: i32 = ${MAX_BATCH};`,
    `export const NO_STEP: u32 = ${NO_STEP};`,
    `export const REPLY: i32 = ${REPLY};`,
    `export const PROBE_MASK: i32 = ${PROBE_MASK};`,
    `export const PROBE_LIMIT: i32 = ${PROBE_LIMIT};`,
    ...probeWords(),
    constants('ProbeSign', ProbeSign),
    constants('Tensor', Tensor),
    constants('ArenaPart', ArenaPart),
    constants('Relaxation', Relaxation),
    constants('Rounding', Rounding),
    constants('Parameter', Parameter),
    constants('Stream', Stream),
    constants('Nudging', Nudging),
    constants('Option', Option),
    constants('Signal', Signal),
    constants('Code', Object.fromEntries(Object.entries(Messages).map(([name, m]) => [name, m.code]))),
    isQuiet(),
    constants('ErrorCode', Object.fromEntries(Object.entries(Errors).map(([name, [code]]) => [name, code]))),
    accessors('ErrorPayload', errorLayout.layout, 'set'),
    accessors('MissingPayload', missingLayout.layout, 'set'),
    ...Object.entries(Messages).flatMap(([name, m]) => [
      accessors(`${capital(name)}Request`, codec(m.request.layout).layout, 'get'),
      accessors(`${capital(name)}Reply`, codec(m.reply.layout).layout, 'set'),
    ]),
  ];
  return `${parts.join('\n')}\n`;
}
