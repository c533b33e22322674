/** The emulated RP2040's lines: the other ends of its UART0 and of its USB. */
import { type RP2040, USBCDC } from 'rp2040js';

/** The line of one chip, from its power-up on. */
export interface ChipLine {
  /** False while time must pass for what the other end does by itself. */
  readonly isUp: boolean;
  /** Hands over what the chip has room for, from the first byte on. Returns how many bytes. */
  feed(bytes: Uint8Array): number;
}

export type ChipLineName = keyof typeof chipLines;

type OpenChipLine = (chip: RP2040, answer: (bytes: Iterable<number>) => void) => ChipLine;

/** A flag of UARTFR. */
const RXFF = 1 << 6;

const uart: OpenChipLine = ({ uart: [uart0] }, answer) => {
  uart0.onByte = (byte) => answer([byte]);
  return {
    isUp: true,
    feed: (bytes) => {
      let count = 0;
      for (; count < bytes.length && !(uart0.flags & RXFF); count++) uart0.feedByte(bytes[count]);
      return count;
    },
  };
};

/** The emulator's host enumerates the device and takes what it sends; this sends when the device has a buffer for it. */
const usb: OpenChipLine = ({ usbCtrl }, answer) => {
  const host = new USBCDC(usbCtrl);
  let isUp = false;
  host.onDeviceConnected = () => {
    isUp = true;
  };
  host.onSerialData = answer;
  // A transfer takes no time of its own, or one that follows too soon would hold up those before it.
  usbCtrl.readDelayMicroseconds = 0;
  usbCtrl.writeDelayMicroseconds = 0;
  let room = 0;
  let from = 0;
  usbCtrl.onEndpointRead = (endpoint, size) => {
    if (endpoint === 0) return;
    from = endpoint;
    room = size;
  };
  return {
    get isUp() {
      return isUp;
    },
    feed: (bytes) => {
      const packet = bytes.slice(0, room);
      if (packet.length === 0) return 0;
      room = 0;
      usbCtrl.endpointReadDone(from, packet);
      return packet.length;
    },
  };
};

export const chipLines = { uart, usb } satisfies Record<string, OpenChipLine>;
