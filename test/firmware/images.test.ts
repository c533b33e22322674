/** The files that flashing tools take, read back by other code than wrote them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toIntelHex } from '#host/firmware/intel-hex';
import { crc32Mpeg2, sealBootStage } from '#host/firmware/rp2040-boot';
import { toUf2 } from '#host/firmware/uf2';

const images = fc.uint8Array({ minLength: 1, maxLength: 3000 });
/** Multiples of 256 near where the upper half of the address changes. */
const origins = fc.integer({ min: 0, max: 0x2ff }).map((pages) => 0x1fff_0000 + pages * 256);

describe('UF2', () => {
  test('every block says where its bytes belong, and of how many blocks it is which', () => {
    fc.assert(
      fc.property(images, origins, (image, origin) => {
        const file = Buffer.from(toUf2(image, origin, 0xe48b_ff56));
        const blocks = Math.ceil(image.length / 256);
        expect(file.length).toBe(blocks * 512);
        const memory = Buffer.alloc(blocks * 256);
        for (let i = 0; i < blocks; i++) {
          const block = file.subarray(i * 512, (i + 1) * 512);
          expect(block.toString('latin1', 0, 4)).toBe('UF2\n');
          expect([4, 8, 16, 20, 24, 28, 508].map((at) => block.readUInt32LE(at))).toEqual([
            0x9e5d5157,
            0x2000,
            256,
            i,
            blocks,
            0xe48b_ff56,
            0x0ab16f30,
          ]);
          block.copy(memory, block.readUInt32LE(12) - origin, 32, 32 + 256);
        }
        expect(memory.subarray(0, image.length).equals(image)).toBe(true);
        expect(memory.subarray(image.length).every((byte) => byte === 0xff)).toBe(true);
      }),
    );
  });
});

describe('Intel HEX', () => {
  test('spells the image; every line sums to zero', () => {
    fc.assert(
      fc.property(images, origins, (image, origin) => {
        const memory = new Map<number, number>();
        let upper = 0;
        const lines = toIntelHex(image, origin).trimEnd().split('\n');
        for (const line of lines) {
          const bytes = Buffer.from(line.slice(1), 'hex');
          expect(bytes.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
          const [length, , , type] = bytes;
          expect(bytes.length).toBe(length + 5);
          if (type === 4) upper = bytes.readUInt16BE(4) * 0x10000;
          if (type === 0)
            for (let i = 0; i < length; i++) memory.set(upper + bytes.readUInt16BE(1) + i, bytes[4 + i]);
        }
        expect(lines.at(-1)).toBe(':00000001FF');
        expect([...memory.entries()]).toEqual([...image].map((byte, i) => [origin + i, byte]));
      }),
    );
  });
});

describe("the RP2040's boot stage", () => {
  test('CRC-32/MPEG-2 has the check value of its catalogue', () => {
    expect(crc32Mpeg2(Buffer.from('123456789'))).toBe(0x0376_e6e7);
  });

  test('its checksum over all 256 bytes is zero, as for every CRC that is appended', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (stage) => {
        sealBootStage(stage);
        // The boot ROM compares little-endian words, the algorithm's own order is the other.
        const appended = Uint8Array.of(...stage.subarray(0, 252), ...[...stage.subarray(252)].reverse());
        expect(crc32Mpeg2(appended)).toBe(0);
      }),
    );
  });

  test('is 256 bytes, no more and no less', () => {
    expect(() => sealBootStage(new Uint8Array(255))).toThrow(RangeError);
  });
});
