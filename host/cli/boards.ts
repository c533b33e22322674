import type { Command } from 'commander';
import {
  type Board,
  boardIds,
  describeLinuxTarget,
  exercisedIn,
  type LinuxTarget,
  linuxTargets,
  readBoard,
} from '../firmware/index.js';
import { memory } from '../ground/index.js';
import { print, printJson, table } from './output.js';

export function addBoards(program: Command): void {
  program
    .command('boards')
    .description('list the boards that firmware can be built for, and the programs for Linux')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }) => {
      const boards = boardIds().map(readBoard);
      if (json) printJson(boards.map((board) => ({ ...board, exercised: exercisedIn(board) })));
      else {
        print(table(['board', 'name', 'core', 'RAM', 'flash', 'exercised in'], boards.map(row)));
        print('');
        print(table(['program for Linux', 'processor', 'SIMD', 'exercised in'], linuxTargets.map(linuxRow)));
      }
    });
}

function linuxRow(target: LinuxTarget): readonly string[] {
  const { id, processor, simd, asks, exercised } = describeLinuxTarget(target);
  return [id, processor, simd ? (asks ?? 'yes') : 'no', exercised];
}

function row(board: Board): readonly string[] {
  const { id, name, core, ram, flash } = board;
  const megahertz = Math.round(core.clock / 1e6);
  return [
    id,
    name,
    `${core.chip}, ${core.cpu}, ${megahertz} MHz`,
    memory(ram.size),
    memory(flash.size),
    exercisedIn(board),
  ];
}
