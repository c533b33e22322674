/** The device as one static program for Linux, which serves the link on standard streams, a TCP port or a terminal. */
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../ground/index.js';
import { portableModule, vectorModule } from '../kernel/index.js';
import { DEFAULT_STORAGE, type Storage } from '../model/index.js';
import { boardsFolder } from './board.js';
import type { BuildEvents } from './build.js';
import { cacheFolder, obtainFolder } from './cache.js';
import { compileUnits, toolsIn, translateModule, writeSources } from './compile.js';
import { compileAfresh } from './compile-afresh.js';
import {
  type BuildOptions,
  FORMS,
  macros,
  nameOfAll,
  type Sources,
  sourcesIn,
  takesForms,
} from './sources.js';
import { obtainToolchain, type Toolchain } from './toolchain.js';

/** Processors, as the compiler knows them. */
interface Processor {
  /** For people. */
  readonly name: string;
  /** Target of the compiler: static, by musl. */
  readonly target: string;
  /** Flags for a kernel with SIMD; undefined where processors of the kind have none that its vectors fit. */
  readonly vectors?: readonly string[];
  /** Features that its vectors ask for, for people; undefined where every processor of the kind has it. */
  readonly asks?: string;
  /** Sources of its own forms of the kernel's loops, and flags for each; the program calls those that the processor can run. */
  readonly forms?: Readonly<Record<string, readonly string[]>>;
  /** Where it is exercised without one, for people. */
  readonly exercised: string;
}

const processors = {
  'linux-arm64': {
    name: '64-bit ARM',
    target: 'aarch64-linux-musl',
    vectors: [],
    forms: { 'linux/vectors-neon.c': ['-O2'] },
    exercised: 'QEMU aarch64',
  },
  'linux-armv7': {
    name: '32-bit ARM',
    target: 'arm-linux-musleabihf',
    vectors: ['-mcpu=cortex_a8'],
    asks: 'NEON',
    exercised: 'QEMU arm',
  },
  'linux-riscv64': { name: '64-bit RISC-V', target: 'riscv64-linux-musl', exercised: 'QEMU riscv64' },
  'linux-x64': {
    name: 'x86-64',
    target: 'x86_64-linux-musl',
    vectors: ['-mcpu=x86_64_v2'],
    asks: 'SSE4.2',
    forms: {
      'linux/vectors-avx2.c': ['-O2', '-mcpu=x86_64_v3'],
      'linux/vectors-avx512.c': ['-O2', '-mcpu=x86_64_v4+avx512vnni'],
    },
    exercised: 'itself',
  },
} as const satisfies Readonly<Record<string, Processor>>;

export type LinuxTarget = keyof typeof processors;
export const linuxTargets = Object.keys(processors) as readonly LinuxTarget[];

export function isLinuxTarget(text: string): text is LinuxTarget {
  return Object.hasOwn(processors, text);
}

export type LinuxOptions = Omit<BuildOptions, 'baud'>;

/** A Linux target's program, described for people. */
export interface LinuxTargetDescription {
  readonly id: LinuxTarget;
  readonly processor: string;
  /** True where the kernel has SIMD. */
  readonly simd: boolean;
  /** Features that the processor must have for it; undefined where each of the kind has it. */
  readonly asks: string | undefined;
  /** How it is exercised. */
  readonly exercised: string;
}

export function describeLinuxTarget(id: LinuxTarget, storage?: Storage): LinuxTargetDescription {
  const { name, vectors, asks, exercised }: Processor = processors[id];
  const simd = vectors !== undefined && vectorModule(storage) !== undefined;
  return { id, processor: name, simd, asks: simd ? asks : undefined, exercised };
}

const WITNESS = 'hashes';

/** The kernel is compiled for speed; without the version it would forbid the compiler to keep the memory's address in a register. */
const kernelFlags = ['-O2', '-w', '-fgnuc-version=0'] as const;
const ownFlags = ['-Os', '-std=c11', '-Wall', '-Wextra', '-Werror'] as const;
const flags = ['-fno-sanitize=all', '-I.', '-Icommon', '-Ilinux', '-isystem', 'generated'] as const;
/** The system's library is built as the link is: small, and not to debug. */
const linkFlags = ['-Os', '-static', '-s'] as const;
const KERNEL = 'generated/kernel.c';
/** The kernel's calls of own forms, among sources. */
const CALLS = 'linux/forms.h';

/**
 * The program's path, in the cache; built if it is not there. It trains any network whose weights have its storage.
 * @throws `UserError` where a tool is missing or refuses
 */
export async function buildLinuxDevice(
  target: LinuxTarget,
  options: LinuxOptions = {},
  events: BuildEvents = {},
): Promise<string> {
  const { storage = DEFAULT_STORAGE } = options;
  const sources = linuxSources(target, options);
  const program = storage === DEFAULT_STORAGE ? 'eqprop-device' : `eqprop-device-${storage}`;
  return obtainProgram(program, target, sources, options, events);
}

/**
 * Another program around the kernel, its path in the cache; built if it is not there.
 * @param program its main.c, and what that needs, by name
 * @throws `UserError` where a tool is missing or refuses
 */
export async function buildLinuxProgram(
  target: LinuxTarget,
  program: Sources,
  events: BuildEvents = {},
): Promise<string> {
  const sources = new Map(linuxSources(target, {}));
  for (const name of ['main', 'device', 'line']) sources.delete(`linux/${name}.c`);
  for (const [name, bytes] of program) sources.set(`program/${name}`, bytes);
  return obtainProgram('program', target, sources, {}, events);
}

function linuxSources(target: LinuxTarget, options: LinuxOptions): Sources {
  const { storage } = options;
  const processor: Processor = processors[target];
  const module = processor.vectors && vectorModule(storage);
  const sources = new Map<string, Uint8Array>([
    ...sourcesIn(join(boardsFolder, 'common'), 'common').filter(([path]) => path === 'common/wasm-rt.h'),
    ...sourcesIn(join(boardsFolder, 'linux'), 'linux'),
    ['kernel.wasm', module ?? portableModule(storage)],
  ]);
  const calls = sources.get(CALLS);
  if (calls && processor.forms && takesForms(options)) sources.set(FORMS, calls);
  return sources;
}

async function obtainProgram(
  program: string,
  target: LinuxTarget,
  sources: Sources,
  options: LinuxOptions,
  events: BuildEvents,
): Promise<string> {
  const name = nameOfAll(sources, [processors[target], kernelFlags, ownFlags, flags, linkFlags], options);
  const folder = await obtainFolder(
    join(cacheFolder(), 'firmware', `${target}-${name}`),
    WITNESS,
    async (empty) => {
      const toolchain = await obtainToolchain(events);
      events.onCompile?.();
      const workshop = join(empty, 'workshop');
      const made = await compileAfresh(workshop, toolchain, (own, tools) =>
        compile(own, sources, tools, target, options),
      );
      await copyFile(made, join(empty, program));
      await rm(workshop, { recursive: true });
    },
  );
  return join(folder, program);
}

async function compile(
  folder: string,
  sources: Sources,
  toolchain: Toolchain,
  target: LinuxTarget,
  options: LinuxOptions,
): Promise<string> {
  await writeSources(folder, sources);
  const run = toolsIn(folder, target, toolchain);
  await translateModule(folder, sources, run, toolchain, options);
  const { zig } = toolchain;
  const machine = ['-target', processors[target].target];
  const { forms, ...processor }: Processor = processors[target];
  const vectors = vectorModule(options.storage) && processor.vectors;
  const defines = [
    ...macros(options),
    ...(vectors ? ['-DVECTORS'] : []),
    ...(sources.has(FORMS) ? ['-DFORMS'] : []),
  ];
  const units = [...sources.keys()].filter((path) => path.endsWith('.c'));
  const objects = await compileUnits(run, zig, [...units, KERNEL], (unit) => [
    ...machine,
    ...(unit === KERNEL ? [...kernelFlags, ...(vectors ?? [])] : ownFlags),
    ...(forms?.[unit] ?? []),
    ...defines,
    ...flags,
  ]);
  await run('the linker', zig, ['cc', ...machine, ...linkFlags, ...objects, '-o', 'eqprop-device']);
  return join(folder, 'eqprop-device');
}

/** The Linux target of this computer. @throws `UserError` where there is none */
export function ownLinuxTarget(): LinuxTarget {
  const { platform, arch, config } = process;
  const id =
    arch === 'arm' && 'arm_version' in config.variables
      ? `linux-armv${config.variables.arm_version}`
      : `linux-${arch}`;
  if (platform === 'linux' && isLinuxTarget(id)) return id;
  throw new UserError(
    `there is no native device for ${platform} on ${arch}: it is a program for ${linuxTargets.join(', ')}`,
    'use --device simulated; or build the program for another computer (eqprop build linux-arm64) and give its tcp:// address',
  );
}
