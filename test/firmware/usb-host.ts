/**
 * A Pico's chip in this thread's hands, and a USB host that takes and gives nothing but what it is told to: it checks what
 * the emulator's does not, DATA0 and DATA1, and that an endpoint is enabled and reports its buffers.
 */
import { type RP2040, Simulator } from 'rp2040js';

const NANOSECONDS_PER_CYCLE = 8;
/** The boot stage, and where the boot ROM puts it. */
const STAGE_BYTES = 256;
const STAGE_AT = 0x2004_1f00;
const RAM = 0x2000_0000;
/** Cycles at a time. */
const SLICE = 200;
/** Nanoseconds of the chip's own time that anything may take. */
const PATIENCE = 2e9;

const SIE_CTRL = 0x4c;
const EP_STALL_ARM = 0x68;
const FIRST_BUFFER_CONTROL = 0x80;
const EP0_BUFFER = 0x100;
const OUT = 4;
const AVAILABLE = 1 << 10;
const STALL = 1 << 11;
const DATA1 = 1 << 13;
const FULL = 1 << 15;
const LENGTH = 0x3ff;
const ENABLED_AND_REPORTING = (1 << 31) | (1 << 29);
const EP0_INT_1BUF = 1 << 29;
const PACKET = 64;

/** A buffer that the firmware has given to the controller. */
interface Offer {
  readonly offset: number;
  readonly value: number;
}

export interface Setup {
  readonly type: number;
  readonly request: number;
  readonly value?: number;
  readonly index?: number;
  /** Bytes that the device may answer. */
  readonly length?: number;
  /** Bytes that the host sends along. */
  readonly data?: readonly number[];
}

/** The FIFO to the second core, of which nobody takes a word, and which rp2040js does not know (RP2040 datasheet, 2.3.1.4). */
function beAlone({ sio }: RP2040): void {
  const [STATE, WRITE, READ] = [0x50, 0x54, 0x58];
  const READY = 2;
  const read = sio.readUint32.bind(sio);
  const write = sio.writeUint32.bind(sio);
  sio.readUint32 = (offset) => (offset === STATE ? READY : offset === READ ? 0 : read(offset));
  sio.writeUint32 = (offset, value) => (offset === WRITE ? undefined : write(offset, value));
}

export class UsbHost {
  readonly chip: RP2040;
  /** Bytes that the UART has sent. */
  readonly uart: number[] = [];
  readonly #simulator = new Simulator();
  readonly #transfer: (offset: number, value: number) => void;
  readonly #offers = new Map<number, Offer>();
  /** The DATA1 bit that comes next, by the offset of its buffer's control word. */
  readonly #next = new Map<number, number>();
  #isReset = false;

  /** @param image what lies in the flash */
  constructor(image: Uint8Array, prepare: (chip: RP2040) => void = () => undefined) {
    const { rp2040 } = this.#simulator;
    this.chip = rp2040;
    rp2040.flash.set(image);
    rp2040.sram.set(image.subarray(0, STAGE_BYTES), STAGE_AT - RAM);
    rp2040.core.SP = STAGE_AT;
    rp2040.core.PC = STAGE_AT;
    rp2040.uart[0].onByte = (byte) => this.uart.push(byte);
    const refuse = (_: string, message: string) => {
      if (/invalid memory|undefined address|not 32 bit aligned|not implemented yet/i.test(message))
        throw new Error(message);
    };
    rp2040.logger = { debug: () => undefined, info: () => undefined, warn: refuse, error: refuse };
    const usb = rp2040.usbCtrl;
    this.#transfer = usb.DPRAMUpdated.bind(usb);
    usb.DPRAMUpdated = (offset, value) => {
      if (value & AVAILABLE) this.#offers.set(offset, { offset, value });
      else this.#offers.delete(offset);
    };
    usb.onResetReceived = () => {
      this.#isReset = true;
    };
    beAlone(rp2040);
    prepare(rp2040);
  }

  /** Lets the chip's time pass until something holds; throws where it takes ages. */
  until(holds: () => boolean, what: string): void {
    for (const end = this.#simulator.clock.nanos + PATIENCE; !holds(); this.step())
      if (this.#simulator.clock.nanos > end) throw new Error(`the device does not ${what}`);
  }

  step(): void {
    const { clock, rp2040 } = this.#simulator;
    const { core } = rp2040;
    if (core.waiting && core.checkForInterrupts()) core.waiting = false;
    let cycles = 0;
    while (cycles < SLICE && !core.waiting) cycles += core.executeInstruction();
    clock.tick(cycles > 0 ? cycles * NANOSECONDS_PER_CYCLE : clock.nanosToNextAlarm);
  }

  /** Lets the device do all that it can without more from outside. */
  settle(): void {
    const { core } = this.chip;
    this.until(() => core.waiting && (core.pendingInterrupts & core.enabledInterrupts) === 0, 'come to rest');
  }

  /** Returns whether the device has something for the host. */
  offers(endpoint: number): boolean {
    return this.#offers.has(offsetOf(endpoint));
  }

  /** Returns whether the device takes something from the host. */
  isOpen(endpoint: number): boolean {
    return this.#offers.has(offsetOf(endpoint, OUT));
  }

  resetBus(): void {
    this.#next.clear();
    this.#isReset = false;
    this.chip.usbCtrl.resetDevice();
    this.until(() => this.#isReset, 'notice that the bus is reset');
    this.settle();
  }

  /** Takes a packet. */
  take(endpoint: number): Uint8Array {
    const offset = offsetOf(endpoint);
    this.until(() => this.#offers.has(offset), `send at endpoint ${endpoint}`);
    const { value } = this.#claim(endpoint, offset);
    if (!(value & FULL)) throw new Error('a buffer that is not full is sent');
    const from = endpoint === 0 ? EP0_BUFFER : this.#control(endpoint, 0) & 0xffc0;
    const bytes = this.chip.usbDPRAM.slice(from, from + (value & LENGTH));
    this.#transfer(offset, value);
    return bytes;
  }

  /** Gives a packet, when the device takes one. */
  give(endpoint: number, bytes: Uint8Array): void {
    const offset = offsetOf(endpoint, OUT);
    this.until(() => this.#offers.has(offset), `listen at endpoint ${endpoint}`);
    const { value } = this.#claim(endpoint, offset);
    if (bytes.length > (value & LENGTH)) throw new Error('a packet that is longer than the buffer');
    const usb = this.chip.usbCtrl;
    usb.onEndpointRead = () => usb.endpointReadDone(endpoint, bytes, 0);
    this.#transfer(offset, value);
    this.#simulator.clock.tick(0);
  }

  /** A whole control transfer. Returns the device's data; nothing where it refuses. */
  request(setup: Setup): Uint8Array | undefined {
    const length = this.setUp(setup);
    if (this.refuses()) return undefined;
    if (setup.data) this.give(0, Uint8Array.from(setup.data));
    else if (setup.type & 0x80) return this.#hearAnswer(length);
    if (this.take(0).length > 0) throw new Error('an answer to a request that asks for none');
    return new Uint8Array(0);
  }

  /** Its first stage alone. Returns the length that it says. */
  setUp({ type, request, value = 0, index = 0, data, length = data?.length ?? 0 }: Setup): number {
    const words = [request << 8, value, index, length].map((word, i) => (i === 0 ? word | type : word));
    for (const offset of [offsetOf(0), offsetOf(0, OUT)]) this.#next.set(offset, DATA1);
    this.chip.usbCtrl.writeUint32(EP_STALL_ARM, 0);
    this.chip.usbCtrl.sendSetupPacket(new Uint8Array(Uint16Array.from(words).buffer));
    this.until(() => this.refuses() || this.offers(0) || this.isOpen(0), 'answer a request');
    this.settle();
    return length;
  }

  refuses(): boolean {
    const stalls = [offsetOf(0), offsetOf(0, OUT)].map(
      (at) => this.chip.usbDPRAMView.getUint32(at, true) & STALL,
    );
    return this.chip.usbCtrl.readUint32(EP_STALL_ARM) === 3 && stalls.every((stall) => stall !== 0);
  }

  #hearAnswer(length: number): Uint8Array {
    const packets: Uint8Array[] = [];
    let count = 0;
    do {
      packets.push(this.take(0));
      count += packets.at(-1)?.length ?? 0;
    } while (packets.at(-1)?.length === PACKET && count < length);
    this.give(0, new Uint8Array(0));
    this.settle();
    return new Uint8Array(Buffer.concat(packets));
  }

  #claim(endpoint: number, offset: number): Offer {
    const offer = this.#offers.get(offset);
    if (!offer) throw new Error('there is no buffer');
    this.#offers.delete(offset);
    const next = this.#next.get(offset) ?? 0;
    if ((offer.value & DATA1) !== next)
      throw new Error(`endpoint ${endpoint}: DATA0 and DATA1 are out of step`);
    this.#next.set(offset, next ^ DATA1);
    const isReporting =
      endpoint === 0
        ? this.chip.usbCtrl.readUint32(SIE_CTRL) & EP0_INT_1BUF
        : (this.#control(endpoint, offset & OUT) & ENABLED_AND_REPORTING) === ENABLED_AND_REPORTING;
    if (!isReporting) throw new Error(`endpoint ${endpoint} reports no buffers`);
    return offer;
  }

  /** Begins an endpoint's packets anew, as a host does that clears its halt. */
  beginAnew(endpoint: number, direction: 'in' | 'out'): void {
    this.#next.delete(offsetOf(endpoint, direction === 'out' ? OUT : 0));
  }

  #control(endpoint: number, direction: number): number {
    return this.chip.usbDPRAMView.getUint32(8 * endpoint + direction, true);
  }
}

function offsetOf(endpoint: number, direction = 0): number {
  return FIRST_BUFFER_CONTROL + 8 * endpoint + direction;
}

const GET_DESCRIPTOR = 6;

/** Asks for what a host needs before it uses a serial port, as Linux does. Returns the descriptors. */
export function enumerate(host: UsbHost, address = 7) {
  const descriptor = (value: number, length: number, index = 0) =>
    host.request({ type: 0x80, request: GET_DESCRIPTOR, value, index, length });
  host.resetBus();
  descriptor(0x100, 64);
  host.resetBus();
  host.request({ type: 0x00, request: 5, value: address });
  const device = descriptor(0x100, 18);
  const head = descriptor(0x200, 9);
  const configuration = descriptor(0x200, head ? head[2] | (head[3] << 8) : 0);
  const [languages, maker, product] = [0, 1, 1].map((index) =>
    descriptor(0x300 + index, 255, index && 0x409),
  );
  host.request({ type: 0x00, request: 9, value: 1 });
  host.request({ type: 0x21, request: 0x22, value: 3 });
  return { device, configuration, languages, maker, product };
}
