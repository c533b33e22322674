/**
 * The probe of a line, as both ends know it: every byte there is, between two texts. The device answers the first with every
 * byte in turn, and the second with what it has heard since, in signs of its own. The texts and the signs are such that
 * lines leave them as they are: no control character, nothing told by the eighth bit or a letter's case. Outside of all
 * frames: nothing of it is checked, numbered or counted.
 */
import { bytesFrom } from '../ground/index.js';

/** Eight characters each. The device's kernel knows them as words. */
export const ProbeText = {
  begin: 'EQPROBE?',
  end: 'EQPROBE!',
  values: 'EQPROBE<',
  heard: 'EQPROBE>',
} as const;

/** The bits of a text's character that count. */
export const PROBE_MASK = 0x5f;
/** Bytes that the device tells of, at most: a line may double some. */
export const PROBE_LIMIT = 288;
/** A byte is told by two signs, of the upper half, and of the lower. Never one in the other's place: so a lost sign shows. */
export const ProbeSign = { upper: 0x30, lower: 0x40, end: 0x2e } as const;

/** Bytes that lines change in pairs: eight. */
export const probePairs = [0xff, 0xff, 0x0d, 0x00, 0x0a, 0x0d, 0x0d, 0x0a] as const;
/** Downwards: XOFF would stop a line until XON. */
export const probeBytes: Uint8Array = Uint8Array.from([
  ...Array.from({ length: 256 }, (_, i) => 255 - i),
  ...probePairs,
]);

/** @param flip bits turned in all but the bytes that are probed */
function probeOf(flip: number): Uint8Array {
  const around = (bytes: Iterable<number>) => Array.from(bytes, (byte) => byte ^ flip);
  return Uint8Array.from([
    ...around([0, ...bytesFrom(ProbeText.begin)]),
    ...probeBytes,
    ...around([...bytesFrom(ProbeText.end), 0]),
  ]);
}

/** For the line; the zeros end what came before, and it. */
export const probe = probeOf(0);
/** The same, such that a device hears it if the line inverts. */
export const invertedProbe = probeOf(0xff);
