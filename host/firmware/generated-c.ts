/** Rewrites what wasm2c wrote, so that the compiler knows what WebAssembly cannot say. */
import { UserError } from '../ground/index.js';

/** How wasm2c forms an address, and the same as a sum of integers. */
const POINTER_ADDRESS = '&((mem)->data[addr])';
const integerAddress = (base: string) => `((uint8_t *)((uintptr_t)${base} + (uint32_t)(addr)))`;

/** Where the memory begins: behind the instance, or where the linker puts what two instances share. */
export const MemoryBase = { own: '(mem)->data', shared: 'memory_start' } as const;

/** Rewrites addresses as sums of integers: from these the compiler can take the constant base into a loop's own pointer, from an array's element it cannot. */
export function foldMemoryBase(source: string, base: string = MemoryBase.own): string {
  const parts = source.split(POINTER_ADDRESS);
  if (parts.length !== 2) throw new Error(`wasm2c forms ${parts.length - 1} addresses, 1 was expected`);
  return parts.join(integerAddress(base));
}

/** The body of the module's `keepParts`, which stores the set in a global. */
const KEEP_PARTS = /w2c_eqprop_keepParts\w*\([^)]*\) \{[^}]*instance->(\w+) = /;

/**
 * Reads a constant wherever the kernel asks which of its parts are there: the compiler drops the code of the others.
 * @param parts a bit each
 */
export function fixParts(source: string, present: number): string {
  const global = KEEP_PARTS.exec(source)?.[1];
  const parts = source.split(`= instance->${global};`);
  if (parts.length < 2) throw new Error('wasm2c wrote no global that keepParts sets and others read');
  return parts.join(`= ${present}u;`);
}

/** The beginning of a core's own form of a primitive: `core_` and the name that the module exports it by. */
const OWN_FORM = /\bcore_(\w+)\(uint8_t \*memory\b/g;

/** Names of the primitives that a core's C has forms of. */
export function formsIn(forms: string): readonly string[] {
  return Array.from(forms.matchAll(OWN_FORM), ([, name]) => name);
}

/**
 * Writes a function that calls a core's own form of a primitive in the place of one that wasm2c wrote, or before its body where
 * the form may decline, by false.
 * @param memory C of the memory's address
 * @throws `Error` where the text is no function
 */
export function callForm(name: string, definition: string, memory: string, mayDecline = false): string {
  const [head, result] = /^(?:static )?(\w+) [^{]*(?=\{\n)/.exec(definition) ?? [];
  if (head === undefined) throw new Error(`wasm2c wrote no ${name}`);
  const given = Array.from(head.matchAll(/\bvar_p\d+/g), ([parameter]) => parameter);
  const call = `core_${name}(${[memory, ...given].join(', ')});`;
  if (mayDecline) return `${head}{\n  if (${call.slice(0, -1)}) return;${definition.slice(head.length + 1)}`;
  return `${head}{\n  ${result === 'void' ? call : `return ${call}`}\n}`;
}

/**
 * Puts a core's own forms of the kernel's primitives in the place of those that wasm2c wrote.
 * @param forms C that defines them
 * @param header the name that it is included by
 * @param base where the memory begins, a `MemoryBase`
 * @throws `UserError` where the kernel has no such primitive, or there is a form of none
 */
export function useForms(
  source: string,
  forms: string,
  header: string,
  base: string = MemoryBase.own,
): string {
  const memory = base.replace('(mem)->', 'instance->w2c_memory.');
  const names = formsIn(forms);
  if (names.length === 0)
    throw new UserError(
      "a core's forms are of no primitive",
      'a form begins with core_<primitive>(uint8_t *memory, …',
    );
  const replaced = names.reduce((text, name) => {
    const body = new RegExp(
      `^(?:static )?\\w+ w2c_eqprop_${name}_0\\(w2c_eqprop\\* instance.*\\{\\n[^]*?\\n\\}$`,
      'm',
    );
    if (!body.test(text))
      throw new UserError(
        `core_${name}: the kernel has no primitive '${name}'`,
        'assembly/index.ts names those that a core may have its own form of',
      );
    const mayDecline = new RegExp(`\\bbool core_${name}\\(`).test(forms);
    return text.replace(body, (definition) => callForm(name, definition, memory, mayDecline));
  }, source);
  return `#include "${header}"\n${replaced}`;
}
