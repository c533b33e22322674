/** A program in its board's emulator that waits for a byte, and what it answers. */
import { openQemu } from '#host/devices/qemu';
import { openRp2040 } from '#host/devices/rp2040';
import type { Board } from '#host/firmware/board';
import type { Image } from '#host/firmware/build';

const WAKE = 200;

/** Wakes the program until it has answered so many bytes. */
export async function answerOf(board: Board, { elf, bin }: Image, length: number): Promise<Buffer> {
  const { emulator, id } = board;
  const line =
    emulator?.kind === 'qemu'
      ? await openQemu({ ...emulator, name: id, image: elf }, board.uart.baud)
      : await openRp2040(id, bin);
  const waker = setInterval(() => line.stream.write(Uint8Array.of(0)), WAKE);
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      line.stream.on('error', reject);
      line.stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        if (bytes.length >= length) resolve(bytes);
      });
    });
  } finally {
    clearInterval(waker);
    await line.close();
  }
}
