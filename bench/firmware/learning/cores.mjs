/** The cores that are counted, each on a machine with room for everybody. */
import { join } from 'node:path';
import { boardsFolder, readBoard, withOneCore } from '../../../dist/host/firmware/board.js';
import { readCore } from '../../../dist/host/firmware/core.js';

/** Room for the stack of any of them, and a ring for the line as small boards have it. */
const STACK = 4096;
const WINDOW = 1024;

/** A board with the core of another, or more memory; what the RAM has beside the stack is for variables and module alike. */
function machine(id, { cpu, ram = {}, emulator = {} } = {}) {
  const board = withOneCore(readBoard(id));
  return {
    ...board,
    target: cpu ? readCore(cpu, [join(boardsFolder, 'common', 'cores')], id) : board.target,
    ram: { ...board.ram, ...ram, stack: STACK },
    uart: { ...board.uart, window: WINDOW },
    emulator: { ...board.emulator, ...emulator },
  };
}

export const cores = [
  { id: 'cortex-m4', name: 'Cortex-M4', machine: 'QEMU mps2-an386', board: machine('mps2-an386') },
  {
    id: 'cortex-m4f',
    name: 'Cortex-M4F',
    machine: 'QEMU mps2-an386',
    board: machine('mps2-an386'),
    flags: ['-target', 'thumb-freestanding-eabihf', '-mcpu=cortex_m4+vfp4d16sp'],
    // A product and a sum are one instruction there, rounded once.
    fuses: true,
  },
  {
    id: 'cortex-m3',
    name: 'Cortex-M3',
    machine: 'QEMU mps2-an385',
    board: machine('mps2-an386', { cpu: 'cortex-m3', emulator: { machine: 'mps2-an385' } }),
  },
  {
    id: 'cortex-m0plus',
    name: 'Cortex-M0+',
    machine: 'QEMU mps2-an385',
    board: machine('mps2-an386', { cpu: 'cortex-m0plus', emulator: { machine: 'mps2-an385' } }),
  },
  {
    id: 'rv32imc',
    name: 'RV32IMC',
    machine: 'QEMU virt',
    board: machine('riscv-virt', {
      ram: { size: 0x28_0000 },
      emulator: { options: ['-cpu', 'rv32', '-m', '8M', '-bios', 'none'] },
    }),
  },
  {
    id: 'rp2040',
    name: 'Cortex-M0+, cycles',
    machine: 'rp2040js pico',
    board: withOneCore(readBoard('pico')),
    // At a moment, at most: it takes its time.
    minibatches: 3,
  },
];
