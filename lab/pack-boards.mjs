/**
 * Builds the firmware that the site carries: of the board that it emulates, and of those whose boot loader is a volume that a file
 * is dragged to. A board a file of what the site must know of it, and its images, under its id.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param folder made anew
 * @param say told what is done, and what cannot be
 */
export async function packBoards(folder, say) {
  const { boardIds, buildFirmware, measureFirmware, readBoard } = await import(
    '../dist/host/firmware/index.js'
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const id of boardIds()) {
    const board = readBoard(id);
    const isEmulated = board.emulator?.kind === 'rp2040js';
    const tool = board['flash-tool'];
    if (!isEmulated && !tool?.volume) continue;
    try {
      const firmware = await buildFirmware(board, undefined, {
        onFetch: (megabytes) =>
          say(`fetching the C compiler that builds the boards’ firmware, once: ${megabytes} MB`),
        onCompile: () => say(`building the firmware of ${board.name} (some seconds)`),
      });
      if (isEmulated) copyFileSync(firmware.bin, join(folder, `${id}.bin`));
      if (tool?.volume) {
        const { file } = board.image;
        copyFileSync(firmware[file], join(folder, `eqprop-${id}.${file}`));
      }
      const { ram, core, flash, uart, usb, name } = board;
      const { flash: used } = measureFirmware(firmware, board);
      const volume = tool?.volume?.names[0];
      const known = { id, name, core, ram, uart, usb, volume, bootLoader: tool?.['boot-loader'] };
      const text = JSON.stringify({ ...known, flash: { size: flash.size, used } }, undefined, 1);
      writeFileSync(join(folder, `${id}.json`), `${text}\n`);
    } catch (error) {
      say(`the laboratory goes without boards from ${board.name} on: ${error.message}`);
      return;
    }
  }
}
