import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isTried } from '../devices/index.js';
import {
  type BuildOptions,
  buildFirmware,
  buildLinuxDevice,
  copyFirmware,
  copyProgram,
  describeLinuxTarget,
  isLinuxTarget,
  type LinuxTarget,
  measureFirmware,
  readBoard,
  type SizeReport,
} from '../firmware/index.js';
import { count, UserError } from '../ground/index.js';
import {
  DEFAULT_STORAGE,
  formatsOf,
  partsOf,
  partsOfNetwork,
  type Storage,
  storages,
} from '../model/index.js';
import { partNames } from '../wire/index.js';
import { announceBuild } from './build-events.js';
import { wholeNumber } from './device-flags.js';
import { type OutputFlags, print, printJson, table } from './output.js';
import { layersOf } from './recipe-flags.js';

export interface BuildFlags {
  readonly storage?: Storage;
  readonly preset?: string;
  readonly network?: string;
  readonly baud?: number;
  readonly checked?: true;
}

interface Flags extends BuildFlags, OutputFlags {
  readonly out?: string;
}

function storageOf(text: string): Storage {
  const storage = storages.find((bits) => String(bits) === text);
  if (storage === undefined) throw new InvalidArgumentError(`it is ${storages.join(', ')}`);
  return storage;
}

export function addBuildFlags(command: Command): Command {
  return command
    .option(
      '--storage <bits>',
      "bits that weights are stored in: 8, 16 or 32 (default: the preset's, or 16)",
      storageOf,
    )
    .option('--network <layers>', 'leave out the kinds of connections that this network does not need')
    .option('--preset <name>', 'leave out those that this recipe does not need (a name, or a .toml file)')
    .option('--baud <rate>', "speed of its UART (default: the board's)", wholeNumber(300))
    .option('--checked', 'check every access to memory: three times slower, to hunt a defect');
}

/** Without a network and a preset all kinds of connections are in. */
export function buildOptionsOf({ storage, baud, checked, preset, network }: BuildFlags): BuildOptions {
  const options = { storage, baud, checked };
  if (preset !== undefined) {
    const { recipe } = layersOf({ preset, network });
    return { ...options, storage: storage ?? formatsOf(recipe).storage, parts: partsOf(recipe) };
  }
  return network === undefined ? options : { ...options, parts: partsOfNetwork(network) };
}

/**
 * The flags to train a device with that was built so: the same, where no preset told the storage one possible choice of formats,
 * and the rate if it would not be found.
 */
export function trainFlags({ preset, network, storage = DEFAULT_STORAGE, baud }: BuildFlags): string {
  const [told, formats] = [
    [preset && ` --preset ${preset}`, network && ` --network ${network}`].filter(Boolean).join(''),
    preset === undefined ? formatFlags(storage) : '',
  ];
  const rate = baud === undefined || isTried(baud) ? '' : ` --baud ${baud}`;
  return told + formats + rate;
}

function formatFlags(storage: Storage): string {
  return { 8: ' --weights Q0.7', 16: '', 32: ' --weights Q7.24 --states Q13.18' }[storage];
}

export function addBuild(program: Command): void {
  const command = program
    .command('build')
    .description("build a board's firmware, or the device as a program for Linux")
    .argument('<board>', "a board's name or folder, or a Linux target (eqprop boards lists both)")
    .option('--out <folder>', 'where to (default: build/<board>)')
    .option('--json', 'one JSON object on standard output');
  addBuildFlags(command).action(build);
}

async function build(name: string, flags: Flags): Promise<void> {
  if (isLinuxTarget(name)) return buildForLinux(name, flags);
  const board = readBoard(name);
  const firmware = await buildFirmware(board, buildOptionsOf(flags), announceBuild(flags.json));
  const size = measureFirmware(firmware, board);
  const files = copyFirmware(firmware, size, flags.out ?? join('build', board.id));
  if (flags.json) printJson({ board: board.id, ...size, files });
  else {
    print(`${sizeTable(size)}\n`);
    print(`${partsLine(size)}\n`);
    for (const file of files) print('', file);
  }
}

async function buildForLinux(target: LinuxTarget, flags: Flags): Promise<void> {
  if (flags.baud !== undefined)
    throw new UserError(
      `the speed of ${target} is not built in`,
      'leave --baud out, and give it to the program: --tty /dev/ttyGS0 --baud 115200',
    );
  const options = buildOptionsOf(flags);
  const { processor, simd, asks } = describeLinuxTarget(target, options.storage);
  const program = await buildLinuxDevice(target, options, announceBuild(flags.json));
  const { file, bytes } = copyProgram(program, flags.out ?? join('build', target));
  if (flags.json) {
    printJson({ target, bytes, simd, asks: asks ?? null, files: [file] });
    return;
  }
  print(`${count(bytes)} bytes, static, for Linux on ${processor}, ${simdText(simd, asks)}\n`);
  print('', file);
}

function simdText(simd: boolean, asks: string | undefined): string {
  if (!simd) return 'without SIMD';
  return asks === undefined ? 'with SIMD' : `with SIMD: it asks for ${asks}`;
}

function partsLine({ parts }: SizeReport): string {
  const left = partNames.filter((name) => !parts.includes(name));
  const there = `the kernel has ${parts.join(', ')}`;
  return left.length > 0
    ? `${there}; without ${left.join(', ')}`
    : `${there}; --network or --preset leaves out what is not needed`;
}

function sizeTable(size: SizeReport): string {
  const rows: readonly (readonly [string, number, number])[] = [
    ['flash: code, constants', size.flash, size.flashSize],
    ["RAM: firmware's variables", size.static, size.staticReserved],
    ['RAM: stack', size.stack, size.ram],
    ["RAM: kernel's variables and network", size.memory, size.ram],
  ];
  return table(
    ['', 'bytes', 'of'],
    rows.map(([what, bytes, of]) => [what, count(bytes), count(of)]),
  );
}
