/**
 * Turns what wasm2c wrote into C that a library can have within it: the functions that its calls reach, and nothing else. A
 * program has one network, laid out already: what wasm2c passes around, the instance, becomes one variable, and globals that
 * nothing sets any more become constants.
 */
import { callForm } from '../firmware/index.js';
import { byteArray } from './c-text.js';
import type { LaidOut } from './laid-out.js';

/** Functions by name: their result's type, and their text from the parameters on. */
type Functions = ReadonlyMap<string, { readonly result: string; readonly text: string }>;

const FUNCTION = /^(?:static )?(void|u32|u64) (w2c_eqprop_\w+)(\([^)]*\) \{\n[\s\S]*?\n\})$/gm;
const CALLED = /\bw2c_eqprop_\w+(?=\()/g;
const GLOBAL = /\binstance->w2c_g(\d+)\b/g;
const SET = /\binstance->w2c_g(\d+) = /g;
/** Ends the name that the module's export has inside, where the outside's name only leads to it. */
const INNER = '_0';

/**
 * @param source wasm2c's, of a module called eqprop
 * @param calls exports of the module that the library uses: `predict` becomes `kernel_predict`
 * @param forms primitives of which eqprop_core.h may have a core's own forms: it says so by defining CORE_FORMS
 */
export function kernelSource(
  source: string,
  calls: readonly string[],
  laidOut: LaidOut,
  forms: readonly string[],
): string {
  const functions = functionsOf(source);
  const kept = reached(
    functions,
    calls.map((name) => `w2c_eqprop_${name}${INNER}`),
  );
  const bodies = kept.map((name) => {
    const { result, text } = functionIn(functions, name);
    return `static ${result} ${name}${withUses(withoutUnused(text))}`;
  });
  const prototypes = bodies.map((body) => `${body.slice(0, body.indexOf(' {'))};`);
  const variables = Array.from(bodies.join('\n').matchAll(SET), ([, index]) => Number(index));
  const state = stateOf(laidOut, new Set(variables));
  const chosen = bodies.map((body, index) => withForm(body, formOf(kept[index], forms)));
  const code = [prototypes.join('\n'), ...chosen].join('\n\n');
  return `${[state, plain(withConstants(code, laidOut, new Set(variables)))].join('\n\n')}\n`;
}

function formOf(name: string, forms: readonly string[]): string | undefined {
  return forms.find((form) => name === `w2c_eqprop_${form}${INNER}`);
}

function withForm(body: string, form: string | undefined): string {
  if (form === undefined) return body;
  return `#ifdef CORE_FORMS\n${callForm(form, body, '(u8 *)AT(0)')}\n#else\n${body}\n#endif`;
}

function functionsOf(source: string): Functions {
  return new Map(Array.from(source.matchAll(FUNCTION), ([, result, name, text]) => [name, { result, text }]));
}

function functionIn(functions: Functions, name: string) {
  const found = functions.get(name);
  if (!found) throw new Error(`wasm2c wrote no function ${name}`);
  return found;
}

/** Takes out local variables that nothing uses: compilers warn of them. */
function withoutUnused(text: string): string {
  return text.replace(/^ {2}(u32|u64) (var_l[^;]*);\n/gm, (_, type, list: string) => {
    const used = list.split(/,\s+/).filter((each) => {
      const [name] = each.split(' ');
      return text.split(new RegExp(`\\b${name}\\b`)).length > 2;
    });
    return used.length > 0 ? `  ${type} ${used.join(', ')};\n` : '';
  });
}

/** Says of a local variable that is set and never read that this is meant: compilers warn of it. */
function withUses(text: string): string {
  return text.replace(/^ {2}u(?:32|64) ([^;=]*);\n/gm, (declaration, list: string) => {
    const unread = list.split(/,\s+/).filter((name) => {
      const mentions = text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;
      const settings = text.match(new RegExp(`^ *${name} = `, 'gm'))?.length ?? 0;
      return mentions === settings + 1;
    });
    return declaration + unread.map((name) => `  (void)${name};\n`).join('');
  });
}

/** Returns the functions that some reach, in the order of the source. */
function reached(functions: Functions, from: readonly string[]): readonly string[] {
  const seen = new Set(from);
  for (const name of seen)
    for (const [called] of functionIn(functions, name).text.matchAll(CALLED)) seen.add(called);
  return [...functions.keys()].filter((name) => seen.has(name));
}

function withConstants(code: string, { globals }: LaidOut, variables: ReadonlySet<number>): string {
  return code.replace(GLOBAL, (whole, index) =>
    variables.has(Number(index)) ? whole : literal(globals[Number(index)]),
  );
}

function literal(value: number | bigint): string {
  return typeof value === 'bigint' ? `${BigInt.asUintN(64, value)}ull` : `${value >>> 0}u`;
}

/** The kernel's variables, and what sets them and its memory to what they are at first. */
function stateOf({ globals, memory }: LaidOut, variables: ReadonlySet<number>): string {
  const indices = [...variables].sort((a, b) => a - b);
  const type = (index: number) => (typeof globals[index] === 'bigint' ? 'u64' : 'u32');
  const runs = runsOf(memory);
  return `static struct {
${indices.map((index) => `  ${type(index)} g${index};`).join('\n')}
} kernel;

/* Bytes of the memory that are not zero at first: address and length of each run. */
static const u32 kernel_runs[][2] = {
${runs.map(({ from, bytes }) => `  {${from}, ${bytes.length}},`).join('\n')}
};

${byteArray('kernel_bytes', Buffer.concat(runs.map(({ bytes }) => bytes)))}

static void kernel_begin(void) {
  const u8 *from = kernel_bytes;
  memset(kernel_memory, 0, sizeof kernel_memory);
  for (u32 k = 0; k < sizeof kernel_runs / sizeof *kernel_runs; k++) {
    memcpy((u8 *)kernel_memory + kernel_runs[k][0], from, kernel_runs[k][1]);
    from += kernel_runs[k][1];
  }
${indices.map((index) => `  kernel.g${index} = ${literal(globals[index])};`).join('\n')}
}`;
}

/** Zeros that cost less than another run. */
const GAP = 8;

interface Run {
  readonly from: number;
  readonly bytes: Uint8Array;
}

function runsOf(memory: Uint8Array): readonly Run[] {
  const runs: Run[] = [];
  const next = (from: number) => {
    let at = from;
    while (at < memory.length && memory[at] === 0) at++;
    return at < memory.length ? at : -1;
  };
  for (let from = next(0); from >= 0; ) {
    let end = from + 1;
    let after = next(end);
    for (; after >= 0 && after - end < GAP; after = next(end)) end = after + 1;
    runs.push({ from, bytes: memory.subarray(from, end) });
    from = after;
  }
  return runs;
}

/** Takes out the instance, the memory and the 64 bits of addresses: there is one of each, and 32 will do. */
function plain(code: string): string {
  return code
    .replace(/^ {2}FUNC_(PROLOGUE|EPILOGUE);\n/gm, '')
    .replace(/\(w2c_eqprop\* instance\)/g, '(void)')
    .replace(/\(w2c_eqprop\*(?: instance)?, /g, '(')
    .replace(/\(instance\)/g, '()')
    .replace(/\(instance, /g, '(')
    .replace(GLOBAL, 'kernel.g$1')
    .replace(/_default32\(&instance->w2c_memory, \(u64\)\(/g, '((u32)(')
    .replace(/\bw2c_eqprop_(f\d+)\b/g, '$1')
    .replace(/\bw2c_eqprop_(\w+)_0\b/g, 'kernel_$1');
}
