/** What the compiler must know of a core. */
import type { Board } from './board.js';

export interface Target {
  readonly flags: readonly string[];
  /** The file of boards/common for the core's family. */
  readonly family: 'cortex-m.c' | 'riscv.c';
}

const arm = (cpu: string): Target => ({
  flags: ['-target', 'thumb-freestanding-eabi', `-mcpu=${cpu}`],
  family: 'cortex-m.c',
});

const targets: Readonly<Record<Board['core']['cpu'], Target>> = {
  'cortex-m0plus': arm('cortex_m0plus'),
  'cortex-m3': arm('cortex_m3'),
  'cortex-m4': arm('cortex_m4'),
  'cortex-m33': arm('cortex_m33'),
  rv32imc: {
    flags: ['-target', 'riscv32-freestanding', '-mcpu=generic_rv32+m+c'],
    family: 'riscv.c',
  },
};

export function targetOf({ core }: Board): Target {
  return targets[core.cpu];
}

/** -Os is the faster one too: -O2 inlines until nothing stays in registers. */
export const compileFlags = [
  ...['-Os', '-std=c11', '-ffreestanding', '-fno-sanitize=all'],
  ...['-fno-unwind-tables', '-fno-asynchronous-unwind-tables', '-ffunction-sections', '-fdata-sections'],
  // Without it, wasm2c's code forbids the compiler to keep the memory's address in a register.
  '-fgnuc-version=0',
  ...['-Wall', '-Wextra', '-Werror'],
] as const;
