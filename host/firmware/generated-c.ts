/** Rewrites what wasm2c wrote, so that the compiler knows what WebAssembly cannot say. */

/** How wasm2c forms an address, and the same as a sum of integers. */
const POINTER_ADDRESS = '&((mem)->data[addr])';
const INTEGER_ADDRESS = '((uint8_t *)((uintptr_t)(mem)->data + (uint32_t)(addr)))';

/** Rewrites addresses as sums of integers: from these the compiler can take the constant base into a loop's own pointer, from an array's element it cannot. */
export function foldMemoryBase(source: string): string {
  const parts = source.split(POINTER_ADDRESS);
  if (parts.length !== 2) throw new Error(`wasm2c forms ${parts.length - 1} addresses, 1 was expected`);
  return parts.join(INTEGER_ADDRESS);
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

/** A core's own form of a primitive: `core_` and the name that the module exports it by. One may decline, by false. */
const OWN_FORM = /\b(void|bool) core_(\w+)\(uint8_t \*memory\b/g;

/**
 * Puts a core's own forms of the kernel's primitives in the place of those that wasm2c wrote, or before those where they may decline.
 * @param forms C that defines them
 * @param header the name that it is included by
 * @throws `Error` where the kernel has no such primitive
 */
export function useForms(source: string, forms: string, header: string): string {
  const replaced = Array.from(forms.matchAll(OWN_FORM)).reduce((text, [, result, name]) => {
    const body = new RegExp(
      `^(?:static )?void w2c_eqprop_${name}_0\\(w2c_eqprop\\* instance(.*)\\) \\{\\n[^]*?\\n\\}$`,
      'm',
    );
    const found = body.exec(text);
    if (!found) throw new Error(`wasm2c wrote no ${name}`);
    const given = Array.from(found[1].matchAll(/var_p\d+/g), ([parameter]) => parameter);
    const call = `core_${name}(${['instance->w2c_memory.data', ...given].join(', ')})`;
    const opening = found[0].slice(0, found[0].indexOf('{') + 1);
    const rest = found[0].slice(opening.length);
    return text.replace(
      body,
      () => opening + (result === 'void' ? `\n  ${call};\n}` : `\n  if (${call}) return;${rest}`),
    );
  }, source);
  return `#include "${header}"\n${replaced}`;
}
