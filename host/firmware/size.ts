/** Memory that a firmware takes of its board, from the linker's result. */
import { readFileSync } from 'node:fs';
import type { PartName } from '../wire/index.js';
import type { Board } from './board.js';
import type { Firmware } from './build.js';
import { ElfFile } from './elf.js';

/** Bytes. */
export interface SizeReport {
  /** Parts of the kernel that the firmware has. */
  readonly parts: readonly PartName[];
  /** Code, constants and initial values, of `flashSize`. */
  readonly flash: number;
  readonly flashSize: number;
  /** Variables of the firmware, of `staticReserved`. */
  readonly static: number;
  readonly staticReserved: number;
  /** Bytes of all cores. */
  readonly stack: number;
  /** The module's memory: its own static data, then the arena. */
  readonly memory: number;
  readonly ram: number;
}

export function measureFirmware({ parts, elf, bin }: Firmware, board: Board): SizeReport {
  const file = new ElfFile(readFileSync(elf));
  return {
    parts,
    flash: readFileSync(bin).length,
    flashSize: board.flash.size,
    static:
      file.symbol('static_end') -
      file.symbol('stack_end') +
      (file.symbol('memory_start') - file.symbol('kernel')),
    staticReserved: board.ram.static,
    stack: file.symbol('stack_end') - file.symbol('second_stack_start'),
    memory: file.symbol('memory_end') - file.symbol('memory_start'),
    ram: board.ram.size,
  };
}
