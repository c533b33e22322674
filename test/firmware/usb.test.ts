/** The Pico's USB, told packet by packet what a host does. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { readBoard } from '#host/firmware/board';
import { buildFirmware, type Firmware } from '#host/firmware/build';
import { ElfFile } from '#host/firmware/elf';
import { decodeFrame, encodeFrame, FrameSplitter } from '#host/link/frame';
import { Fault, Messages, PROTOCOL, REPLY, Signal, schemaHash } from '#host/wire/index';
import { PATIENCE } from './emulators.js';
import { enumerate, UsbHost } from './usb-host.js';

const board = readBoard('pico');
let firmware: Firmware;
let image: Uint8Array;
beforeAll(async () => {
  firmware = await buildFirmware(board, { parts: ['dense'] });
  image = readFileSync(firmware.bin);
}, PATIENCE);

const BYTES = 2;
const PACKET = 64;

function plugged(): UsbHost {
  const host = new UsbHost(image);
  enumerate(host);
  return host;
}

/** HELLO, and the zero before it that ends whatever was there. */
function hello(session = 1): Uint8Array {
  const payload = Messages.hello.request.encode({ schema: schemaHash, protocol: PROTOCOL, session });
  const frame = encodeFrame({ type: Messages.hello.code, session, sequence: 0, payload });
  return Buffer.concat([Uint8Array.of(0), frame]);
}

/** Gives bytes in full packets while the device takes them. Returns how many it took. */
function giveAll(host: UsbHost, bytes: Uint8Array): number {
  let from = 0;
  for (host.settle(); from < bytes.length && host.isOpen(BYTES); host.settle()) {
    const packet = bytes.subarray(from, from + PACKET);
    host.give(BYTES, packet);
    from += packet.length;
  }
  return from;
}

/** Takes all that the device has to say. */
function takeAll(host: UsbHost): Uint8Array {
  const packets: Uint8Array[] = [];
  for (host.settle(); host.offers(BYTES); host.settle()) packets.push(host.take(BYTES));
  // Each ends what the host has asked for.
  expect(packets.every(({ length }) => length > 0 && length < PACKET)).toBe(true);
  return Buffer.concat(packets);
}

const framesIn = (bytes: Uint8Array) =>
  [...new FrameSplitter().split(Buffer.from(bytes))].map((encoded) => decodeFrame(encoded));
const sessionsAnswered = (bytes: Uint8Array) =>
  framesIn(bytes).map((frame) => {
    expect(frame?.type).toBe(Messages.hello.code | REPLY);
    return frame?.session;
  });

describe('enumeration', () => {
  test('tells of a serial port', () => {
    const host = new UsbHost(image);
    const { device, configuration, languages, maker, product } = enumerate(host, 99);
    expect(host.chip.usbCtrl.readUint32(0)).toBe(99);
    expect(device).toEqual(
      Uint8Array.from([18, 1, 0, 2, 0xef, 2, 1, 64, 0x8a, 0x2e, 0x0a, 0, 0, 1, 1, 1, 0, 1]),
    );
    expect(board.usb?.own).toBe('2e8a:000a');
    expect(languages).toEqual(Uint8Array.of(4, 3, 9, 4));
    for (const text of [maker, product])
      expect(Buffer.from(text?.subarray(2) ?? []).toString('utf16le')).toBe('eqprop');
    const parts: number[][] = [];
    for (let rest = [...(configuration ?? [])]; rest.length > 0; rest = rest.slice(rest[0]))
      parts.push(rest.slice(0, rest[0]));
    expect(parts[0]).toEqual([9, 2, configuration?.length, 0, 2, 1, 0, 0x80, 50]);
    // Which interfaces there are, and of which class; which endpoints, how they work and how much they hold.
    expect(parts.filter(([, type]) => type === 4).map((part) => part.slice(2, 8))).toEqual([
      [0, 0, 1, 2, 2, 0],
      [1, 0, 2, 10, 0, 0],
    ]);
    expect(parts.filter(([, type]) => type === 5).map((part) => part.slice(2, 6))).toEqual([
      [0x81, 3, 8, 0],
      [0x02, 2, 64, 0],
      [0x82, 2, 64, 0],
    ]);
    // Interface 0 controls interface 1.
    expect(parts).toContainEqual([5, 0x24, 6, 0, 1]);
    expect(parts).toContainEqual([8, 11, 0, 2, 2, 2, 0, 0]);
  });

  test('answers no more than it is asked for', () => {
    const host = plugged();
    const head = host.request({ type: 0x80, request: 6, value: 0x200, length: 9 });
    expect(head?.length).toBe(9);
    expect(host.request({ type: 0x80, request: 6, value: 0x200, length: 64 })?.length).toBe(64);
    expect(host.request({ type: 0x80, request: 0, length: 2 })).toEqual(Uint8Array.of(0, 0));
    expect(host.request({ type: 0x81, request: 10, index: 1, length: 1 })).toEqual(Uint8Array.of(0));
    expect(host.request({ type: 0x80, request: 8, length: 1 })).toEqual(Uint8Array.of(1));
  });

  test.each([
    ['a descriptor that only faster devices have', { type: 0x80, request: 6, value: 0x600, length: 10 }],
    ['a request of its maker', { type: 0xc0, request: 1, length: 4 }],
    ['a configuration that there is not', { type: 0x00, request: 9, value: 2 }],
  ])('refuses %s, and goes on', (_, setup) => {
    const host = plugged();
    expect(host.request(setup)).toBeUndefined();
    expect(host.request({ type: 0x80, request: 8, length: 1 })).toEqual(Uint8Array.of(1));
  });

  test('begins anew where a host breaks off in the middle', () => {
    const host = plugged();
    host.setUp({ type: 0x80, request: 6, value: 0x200, length: 75 });
    host.take(0);
    expect(host.request({ type: 0x80, request: 8, length: 1 })).toEqual(Uint8Array.of(1));
    host.setUp({ type: 0x80, request: 6, value: 0x200, length: 75 });
    host.take(0);
    host.setUp({ type: 0x21, request: 0x20, data: [0, 0, 0, 0, 0, 0, 0] });
    // The rest of the last answer is not for this request.
    expect(host.offers(0)).toBe(false);
    expect(host.request({ type: 0x80, request: 6, value: 0x100, length: 18 })?.length).toBe(18);
  });

  test('an endpoint whose halt is cleared begins with DATA0, whatever waits there', () => {
    const host = plugged();
    giveAll(host, hello());
    expect(sessionsAnswered(takeAll(host))).toEqual([1]);
    giveAll(host, hello(2));
    host.request({ type: 0x02, request: 1, index: 0x82 });
    host.beginAnew(BYTES, 'in');
    host.request({ type: 0x02, request: 1, index: 0x02 });
    host.beginAnew(BYTES, 'out');
    expect(sessionsAnswered(takeAll(host))).toEqual([2]);
    giveAll(host, hello(3));
    expect(sessionsAnswered(takeAll(host))).toEqual([3]);
  });
});

describe('line coding', () => {
  const get = { type: 0xa1, request: 0x21, length: 7 } as const;
  const set = (baud: number) =>
    ({ type: 0x21, request: 0x20, data: [...new Uint8Array(Uint32Array.of(baud).buffer), 2, 1, 7] }) as const;

  test('is what the host has said, and means nothing', () => {
    const host = plugged();
    expect(host.request(get)).toEqual(Uint8Array.of(0x00, 0xc2, 0x01, 0x00, 0, 0, 8));
    host.request(set(921_600));
    expect(host.request(get)).toEqual(Uint8Array.from(set(921_600).data));
    // For the interface, and for the device, as rp2040js says it.
    for (const type of [0x21, 0x20]) expect(host.request({ type, request: 0x22, value: 3 })?.length).toBe(0);
    giveAll(host, hello(5));
    expect(sessionsAnswered(takeAll(host))).toEqual([5]);
  });

  /** Half-words of a ROM: a function that looks a code up in the table, one that stays where it is, the table. */
  const rom: Readonly<Record<number, readonly number[]>> = {
    20: [0x40, 0, 0x21],
    // ldrh r2,[r0]; adds r0,#4; cmp r2,r1; bne; subs r0,#2; ldrh r0,[r0]; bx lr
    32: [0x8802, 0x3004, 0x428a, 0xd1fb, 0x3802, 0x8800, 0x4770],
    48: [0xe7fe],
    64: [0x3350, 0x01, 0x4255, 0x31, 0],
  };
  const BOOT_LOADER = 0x30;
  const SCRATCH2 = 0x4005_8014;

  const withRom = () =>
    new UsbHost(image, ({ bootrom }) => {
      const halves = new Uint16Array(bootrom.buffer);
      for (const [at, values] of Object.entries(rom)) halves.set(values, Number(at) / 2);
    });

  test.each([
    [1200, true],
    [1201, false],
    [0x1_0000 + 1200, false],
    [115_200, false],
  ])('of %i baud: in the boot ROM, %s', (baud, isThere) => {
    const host = withRom();
    enumerate(host);
    // The request is answered first.
    host.request(set(baud));
    const { core } = host.chip;
    if (!isThere) {
      host.settle();
      expect(core.PC).not.toBe(BOOT_LOADER);
      return;
    }
    host.until(() => core.PC === BOOT_LOADER, 'start the boot loader');
    // All of its interfaces, no light; its restart is not taken for a watchdog's bite.
    expect([core.registers[0], core.registers[1]]).toEqual([0, 0]);
    expect(host.chip.readUint32(SCRATCH2)).toBe(0);
  });
});

/** Sessions whose HELLOs are more than the device has room for. */
const many = Array.from({ length: (1.5 * board.uart.window) / hello().length }, (_, i) => i + 1);

describe('back pressure', () => {
  test('a host that takes nothing is told to wait, and nothing is lost', () => {
    const host = plugged();
    const bytes = Buffer.concat(many.map(hello));
    let from = giveAll(host, bytes);
    // A window's worth, and what was answered before the answers had no room.
    expect(from).toBeGreaterThan(board.uart.window - PACKET);
    expect(from).toBeLessThan(bytes.length);
    const answers: Uint8Array[] = [];
    while (from < bytes.length) {
      answers.push(host.take(BYTES));
      from += giveAll(host, bytes.subarray(from));
    }
    answers.push(takeAll(host));
    expect(sessionsAnswered(Buffer.concat(answers))).toEqual(many);
  });

  test('packets of any length, empty ones too', () => {
    const host = plugged();
    const bytes = hello(9);
    for (const [from, to] of [
      [0, 1],
      [1, 1],
      [1, 7],
      [7, 7],
      [7, bytes.length],
    ] as const)
      host.give(BYTES, bytes.subarray(from, to));
    expect(sessionsAnswered(takeAll(host))).toEqual([9]);
  });
});

describe('a host that goes', () => {
  test('in the middle of everything: the next one finds a device that answers', () => {
    const host = plugged();
    giveAll(host, Buffer.concat(many.slice(0, 150).map(hello)));
    host.take(BYTES);
    for (const session of [1000, 1001]) {
      enumerate(host);
      // Nobody is told by USB what the last one had still asked for.
      expect(takeAll(host).length).toBe(0);
      giveAll(host, hello(session));
      expect(sessionsAnswered(takeAll(host))).toEqual([session]);
    }
  });

  test('to sleep: what it was to be told waits for it', () => {
    const host = plugged();
    giveAll(host, hello(3));
    host.settle();
    for (let i = 0; i < 100; i++) host.step();
    expect(sessionsAnswered(takeAll(host))).toEqual([3]);
  });

  test('without a configuration there is nothing to take or to give', () => {
    const host = plugged();
    giveAll(host, hello(3));
    host.request({ type: 0x00, request: 9, value: 0 });
    expect(host.offers(BYTES) || host.isOpen(BYTES)).toBe(false);
    expect(host.request({ type: 0x80, request: 8, length: 1 })).toEqual(Uint8Array.of(0));
    host.request({ type: 0x00, request: 9, value: 1 });
    host.beginAnew(BYTES, 'in');
    host.beginAnew(BYTES, 'out');
    giveAll(host, hello(4));
    expect(sessionsAnswered(takeAll(host))).toEqual([4]);
  });
});

describe('two lines', () => {
  const sayByUart = (host: UsbHost, bytes: Uint8Array) => {
    for (const byte of bytes) {
      host.chip.uart[0].feedByte(byte);
      host.step();
    }
    host.settle();
  };

  test('an answer goes where the question came from', () => {
    const host = plugged();
    sayByUart(host, hello(11));
    expect(sessionsAnswered(Uint8Array.from(host.uart))).toEqual([11]);
    expect(host.offers(BYTES)).toBe(false);
    host.uart.length = 0;
    giveAll(host, hello(12));
    expect(sessionsAnswered(takeAll(host))).toEqual([12]);
    sayByUart(host, hello(13));
    expect(sessionsAnswered(Uint8Array.from(host.uart))).toEqual([13]);
    expect(host.offers(BYTES)).toBe(false);
  });

  test('a USB host that takes nothing does not keep the UART waiting', () => {
    const host = plugged();
    giveAll(host, Buffer.concat(Array.from({ length: 20 }, (_, i) => hello(i + 1))));
    expect(host.uart).toEqual([]);
    sayByUart(host, hello(99));
    expect(framesIn(Uint8Array.from(host.uart)).at(-1)?.session).toBe(99);
  });

  test('why the device was started anew is said on both', () => {
    const elf = new ElfFile(readFileSync(firmware.elf));
    const host = new UsbHost(image, ({ sramView }) => {
      const keep = (name: string, value: number) =>
        sramView.setUint32(elf.symbol(name) - board.ram.origin, value, true);
      keep('fault_mark', 0xfa01_7edb);
      keep('fault_cause', Fault.unreachable);
      keep('fault_place', 0x1000_1234);
    });
    host.settle();
    enumerate(host);
    for (const bytes of [Uint8Array.from(host.uart), takeAll(host)]) {
      const [frame, ...others] = framesIn(bytes);
      expect(others).toEqual([]);
      expect(frame?.type).toBe(Signal.error);
      expect(DeviceError.decode(frame?.payload ?? new Uint8Array(0))).toMatchObject({
        error: 'fault',
        value: Fault.unreachable,
        place: 0x1000_1234,
      });
    }
    // Once: another host is no news.
    enumerate(host);
    expect(takeAll(host).length).toBe(0);
  });
});
