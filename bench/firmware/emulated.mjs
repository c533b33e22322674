/** An image in its board's emulator, asked one question. */
import { openQemu } from '../../dist/host/devices/qemu.js';
import { openRp2040 } from '../../dist/host/devices/rp2040.js';
import { ElfFile } from '../../dist/host/firmware/elf.js';
import { sealBootStage } from '../../dist/host/firmware/rp2040-boot.js';
import { UserError } from '../../dist/host/ground/errors.js';

/** Milliseconds between attempts to wake the firmware, and until it is given up. */
const NUDGE = 200;
const PATIENCE = 1_800_000;
/** One instruction a nanosecond of QEMU's time. */
const COUNTED = ['-icount', 'shift=0'];

/** Makes of a linked image the bytes that the emulator loads. */
export function loadable(board, elf) {
  const file = new ElfFile(elf);
  const stage = file.section('.boot2');
  if (stage) sealBootStage(file.bytes.subarray(stage.offset, stage.offset + stage.size));
  return board.emulator.kind === 'qemu' ? file.bytes : file.image(board.flash.origin);
}

/** Runs the image at a path, wakes it, and resolves with the first `length` bytes that it answers. */
export async function askImage(board, path, length) {
  const line = await start(board, path);
  try {
    return await ask(line, length);
  } finally {
    await line.close();
  }
}

function start(board, image) {
  const { emulator, id } = board;
  if (emulator.kind !== 'qemu') return openRp2040(id, image);
  const options = [...(emulator.options ?? []), ...COUNTED];
  return openQemu({ ...emulator, name: id, options, image }, board.uart.baud);
}

/** Wakes the firmware until it answers. */
async function ask({ stream }, length) {
  const chunks = [];
  const waker = setInterval(() => stream.write(Uint8Array.of(0)), NUDGE);
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new UserError('the firmware does not answer')), PATIENCE);
      const settle = (finish, value) => {
        clearTimeout(timer);
        finish(value);
      };
      stream.on('error', (error) => settle(reject, error));
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        const answer = Buffer.concat(chunks);
        if (answer.length >= length) settle(resolve, answer);
      });
    });
  } finally {
    clearInterval(waker);
  }
}

/** Instructions or cycles in one of what an image counts. */
export function scaleOf(board) {
  return board.emulator.kind === 'qemu' && board.target.family === 'cortex-m' ? 1e9 / board.core.clock : 1;
}

export function unitOf(board) {
  return board.emulator.kind === 'qemu' ? 'instructions' : 'cycles';
}
