/** Firmware that needs no host, built and spoken to. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deployed } from '#host/deploy/network-c';
import { type StandaloneOptions, writeStandalone } from '#host/deploy/standalone';
import { openQemu } from '#host/devices/qemu';
import { openRp2040 } from '#host/devices/rp2040';
import type { Board } from '#host/firmware/board';
import { serve } from '#host/firmware/emulate';
import { Link } from '#host/link/index';

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
  /** Nothing is heard as lines from then on. */
  link(): Promise<Link>;
  /** An address for hosts; the same holds. */
  serve(): Promise<string>;
  close(): Promise<void>;
}

/** @param spec the board's name, with `:usb` behind it for its USB */
export async function talkTo(board: Board, image: string, spec: string = board.id): Promise<Conversation> {
  const { emulator, id, uart } = board;
  const line =
    emulator?.kind === 'qemu'
      ? await openQemu({ ...emulator, name: id, image }, uart.baud)
      : await openRp2040(spec, image, spec.endsWith(':usb') ? 'usb' : 'uart');
  // A line's two ends are one, however late the second comes.
  const reader = createInterface({ input: line.stream, crlfDelay: Number.POSITIVE_INFINITY });
  const lines = reader[Symbol.asyncIterator]();
  let close = () => line.close();
  const handedOver = () => {
    reader.close();
    // It has paused the stream, too.
    return line.stream.resume();
  };
  const say = (text: string) => void line.stream.write(text);
  const hear = async () => String((await lines.next()).value);
  return {
    say,
    hear,
    ask: (text) => {
      say(`${text}\n`);
      return hear();
    },
    link: () => Link.open(handedOver(), { patience: 60_000 }),
    serve: async () => {
      handedOver();
      const { address, stop } = await serve(line, 0);
      close = stop;
      return address;
    },
    close: () => close(),
  };
}
