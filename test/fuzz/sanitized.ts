/**
 * The C that boards run, compiled for this computer under AddressSanitizer and UndefinedBehaviorSanitizer: with the
 * release's own macros, so without the kernel's comparisons of addresses, and in a memory that ends where the arena does.
 * The project's own compiler brings no runtime of AddressSanitizer; the system's must do.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldMemoryBase } from '#host/firmware/generated-c';
import type { Toolchain } from '#host/firmware/toolchain';
import { MAX_PAYLOAD, MAX_REPLY, TRAILER } from '#host/wire/index';
import { type Listener, WINDOW } from './examine.js';

const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const source = fileURLToPath(new URL('native/device.c', import.meta.url));
const common = fileURLToPath(new URL('../../boards/common', import.meta.url));
const START = 0xffff_ffff;
const defines = Object.entries({
  WINDOW,
  REQUEST_ROOM: MAX_PAYLOAD + TRAILER,
  REPLY_ROOM: MAX_REPLY + TRAILER,
}).map(([name, value]) => `-D${name}=${value}u`);

const words = (...values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);

/** A compiler of this system that brings the sanitizers, if there is one. `folder`: for a trial. */
export function findCompiler(folder: string): string | undefined {
  const trial = join(folder, 'trial.c');
  writeFileSync(trial, 'int main(void) { return 0; }\n');
  return ['cc', 'gcc', 'clang'].find((compiler) => {
    const compiled = spawnSync(compiler, [...SANITIZERS, trial, '-o', join(folder, 'trial')]);
    return compiled.status === 0 && spawnSync(join(folder, 'trial')).status === 0;
  });
}

export class SanitizedDevice {
  private constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  /** @param bytes a portable module */
  static async build(
    folder: string,
    compiler: string,
    { wasm2c }: Toolchain,
    bytes: Uint8Array,
  ): Promise<SanitizedDevice> {
    const own = mkdtempSync(join(folder, 'device-'));
    const [module, kernel, program] = ['kernel.wasm', 'kernel.c', 'device'].map((name) => join(own, name));
    writeFileSync(module, bytes);
    run(process.execPath, [wasm2c, '-n', 'eqprop', module, '-o', kernel]);
    writeFileSync(kernel, foldMemoryBase(readFileSync(kernel, 'utf8')));
    const includes = ['-I', own, '-I', common];
    // Not a warning: the code is written by a program, for all there may be.
    const flags = ['-std=gnu11', '-O1', '-g1', '-w', ...SANITIZERS, ...defines, ...includes];
    run(compiler, [...flags, source, '-lm', '-o', program]);
    return new SanitizedDevice(program, own);
  }

  /** Has it answer all that `play` has another device answer. Returns the first difference, or nothing. */
  compare(play: (listener: Listener) => void): string | undefined {
    const [input, output] = ['corpus', 'answers'].map((name) => join(this.folder, name));
    const file = openSync(input, 'w');
    const expected: Buffer[] = [];
    play({
      start: (memoryBytes, arena) => writeSync(file, words(START, memoryBytes, arena)),
      fed: (bytes, answers) => {
        writeSync(file, Buffer.concat([words(bytes.length), bytes]));
        const all = Buffer.concat(answers);
        expected.push(words(all.length), all);
      },
    });
    closeSync(file);
    const [from, to] = [openSync(input, 'r'), openSync(output, 'w')];
    const environment = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0' };
    const ended = spawnSync(this.program, { stdio: [from, to, 'pipe'], env: environment });
    closeSync(from);
    closeSync(to);
    const answered = readFileSync(output);
    const wanted = Buffer.concat(expected);
    if (ended.status !== 0) return `it ended with ${ended.status ?? ended.signal}:\n${ended.stderr}`;
    if (Buffer.compare(answered, wanted) === 0) return undefined;
    const at = wanted.findIndex((byte, i) => byte !== answered[i]);
    return `of ${wanted.length} bytes of answers the ${at}th differs`;
  }
}

function run(program: string, parameters: readonly string[]): void {
  const { status, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}
