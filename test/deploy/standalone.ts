/** Firmware that needs no host, built and spoken to. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deployed } from '#host/deploy/network-c';
import { type StandaloneOptions, writeStandalone } from '#host/deploy/standalone';
import { openQemu } from '#host/devices/qemu';
import { openRp2040 } from '#host/devices/rp2040';
import type { Board } from '#host/firmware/board';

/** Returns the path of what the board's emulator runs. */
export async function writeImage(
  deployed: Deployed,
  board: Board,
  within: string,
  options: StandaloneOptions = {},
): Promise<string> {
  const folder = mkdtempSync(join(within, 'image-'));
  const { files } = await writeStandalone(deployed, board, folder, options);
  const kind = board.emulator?.kind === 'qemu' ? '.elf' : '.bin';
  return files.find((file) => file.endsWith(kind)) ?? '';
}

export interface Conversation {
  say(text: string): void;
  /** The next line. */
  hear(): Promise<string>;
  /** Says a line, and hears what is answered. */
  ask(line: string): Promise<string>;
  close(): Promise<void>;
}

/** @param spec the board's name, with `:usb` behind it for its USB */
export async function talkTo(board: Board, image: string, spec: string = board.id): Promise<Conversation> {
  const { emulator, id, uart } = board;
  const line =
    emulator?.kind === 'qemu'
      ? await openQemu({ ...emulator, name: id, image }, uart.baud)
      : await openRp2040(spec, image, spec.endsWith(':usb') ? 'usb' : 'uart');
  const lines = createInterface({ input: line.stream })[Symbol.asyncIterator]();
  const say = (text: string) => void line.stream.write(text);
  const hear = async () => String((await lines.next()).value);
  return {
    say,
    hear,
    ask: (text) => {
      say(`${text}\n`);
      return hear();
    },
    close: () => line.close(),
  };
}
