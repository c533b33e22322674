/** Drivers of chips' flash: on models of what programs it, and in firmware that is built, not run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { ElfFile } from '#host/firmware/elf';
import { roomForBuilds } from '../firmware/builds.js';
import { type Built, build, compilers, type Network, savedRun, writeDeployed } from './deployed.js';

const PATIENCE = 400_000;
const common = fileURLToPath(new URL('../../boards/common', import.meta.url));
const { folder, ownBoard } = roomForBuilds();
const small: Network = {
  settings: { network: '16-5-3', relaxation: 'exact', minibatch: 2, rates: [0.2, 0.1] },
  picture: { rows: 4, columns: 4 },
};
const KEPT = ['0 0 restored', '0 0 restored'];
const LOST = ['-4 -5 other', '-4 -5 other'];

let built: Built;
let tools: Awaited<ReturnType<typeof compilers>>;
beforeAll(async () => {
  tools = await compilers();
  built = await writeDeployed(savedRun(small), mkdtempSync(join(folder, 'library-')), {});
}, PATIENCE);

/** A model's answers, the same whatever compiled it. */
function modelled(source: string): (...words: readonly (string | number)[]) => readonly string[] {
  const programs = [...tools].map(([name, compiler]) =>
    build(built, compiler, {
      program: source,
      beside: ['eqprop_journal.c'],
      flags: ['-O2', `-I${common}`],
      name: `${source} by ${name}`,
    }),
  );
  return (...words) => {
    const [answer, ...others] = programs.map((program) => {
      const { stdout, status, signal } = spawnSync(program, words.map(String), { encoding: 'utf8' });
      return status === 0 ? stdout.trimEnd().split('\n') : [`ended with ${status ?? signal}`];
    });
    for (const other of others) expect(other).toEqual(answer);
    return answer;
  };
}

test(
  'RP2040 and RP2350: pages and sectors by the functions of the ROM, which nothing interrupts',
  () => {
    const run = modelled('rp2-flash.c');
    const KB = 1024;
    const done = 'erasures, 6 programmings, 0 violations';
    expect(run(2048, 100, 4)).toEqual([...KEPT, `area at ${2032 * KB}, 2 ${done}`]);
    expect(run(2048, 2040, 2)).toEqual([...KEPT, `area at ${2040 * KB}, 2 ${done}`]);
    expect(run(4096, 100, 2)).toEqual([...KEPT, `area at ${4088 * KB}, 2 ${done}`]);
    // The program reaches into the area; the area is larger than the flash.
    expect(run(2048, 2041, 2)).toEqual(['refused: -8']);
    expect(run(2048, 10, 513)).toEqual(['refused: -8']);
    for (const name of ['IF', 'EX', 'RE', 'RP', 'FC', 'CX'])
      expect(run(2048, 10, 2, name)).toEqual([
        ...LOST,
        `area at ${2040 * KB}, 0 erasures, 0 programmings, 0 violations`,
      ]);
  },
  PATIENCE,
);

test(
  'STM32F4: words and large sectors by its controller, unlocked for as long as it takes',
  () => {
    const run = modelled('stm32f4-flash.c');
    expect(run(512, 100, 2)).toEqual([...KEPT, 'erased: 6 7, 134 words, 0 violations']);
    expect(run(512, 256, 2)).toEqual([...KEPT, 'erased: 6 7, 134 words, 0 violations']);
    expect(run(1024, 100, 7)).toEqual([...KEPT, 'erased: 5 6, 134 words, 0 violations']);
    // The program reaches into the area; there are no eight sectors of that size.
    expect(run(512, 257, 2)).toEqual(['refused: -8']);
    expect(run(1024, 100, 8)).toEqual(['refused: -8']);
    // A sector that is protected is told by the controller; with one to spare it is passed over.
    expect(run(512, 100, 2, 6)).toEqual([KEPT[0], '-4 0 other', 'erased: 7, 67 words, 0 violations']);
    expect(run(512, 100, 3, 6)).toEqual([...KEPT, 'erased: 5 7, 134 words, 0 violations']);
  },
  PATIENCE,
);

/** Learns, saves and restores on the board's own flash; main() does not call it, the linker is told to keep it. */
const KEEPING = `#include "flash.h"
int keep_what_is_learnt(void);
int keep_what_is_learnt(void) {
  struct eqprop_flash flash;
  const int error = board_flash(&flash, SECTORS);
  if (error) return error;
  eqprop_begin();
  return eqprop_journal_restore(&flash) + eqprop_journal_save(&flash);
}
`;

describe.each([
  ['pico', 16],
  ['pico2', 16],
  ['nucleo-f446re', 2],
  ['netduinoplus2', 2],
])('firmware of %s', (id, sectors) => {
  test(
    'has the driver where it is asked for, what runs without flash in RAM, and knows where the program ends',
    async () => {
      const own = ownBoard(`${id}-keeping`, id, 'board.toml', (text) =>
        text.replace(/^static = .*$/m, 'static = 16384'),
      );
      for (const name of readdirSync(built.folder).filter((file) => /\.[ch]$/.test(file)))
        writeFileSync(join(own.folder, name), readFileSync(join(built.folder, name)));
      writeFileSync(join(own.folder, 'keeping.c'), KEEPING.replace('SECTORS', String(sectors)));
      const script = join(own.folder, 'link.ld');
      writeFileSync(script, `EXTERN(keep_what_is_learnt)\n${readFileSync(script, 'utf8')}`);
      const { elf, bin } = await buildFirmware(own);
      const file = new ElfFile(readFileSync(elf));
      const { flash, ram } = readBoard(id);
      expect(file.symbol('flash_origin')).toBe(flash.origin);
      expect(file.symbol('flash_end')).toBe(flash.origin + flash.size);
      expect(file.symbol('program_end')).toBe(flash.origin + readFileSync(bin).length);
      const isInRam = (name: string) =>
        file.symbol(name) >= ram.origin && file.symbol(name) < ram.origin + ram.size;
      if (id.startsWith('pico')) expect(isInRam('change_flash')).toBe(true);
      expect(isInRam('keep_what_is_learnt')).toBe(false);
    },
    PATIENCE,
  );
});
