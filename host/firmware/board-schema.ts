/** The schema of a board.toml. */
import * as v from 'valibot';

const words = (least: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(0xffff_fffc), v.multipleOf(4));
const text = v.pipe(v.string(), v.minLength(1));
const usbId = v.pipe(v.string(), v.regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'write vendor:product, as 2e8a:000c'));
const name = v.pipe(text, v.regex(/^(?!\.{1,2}$)[^/\\]+$/, 'write a name, not a path'));

export const boardSchema = v.strictObject({
  name: text,
  vendor: text,
  core: v.strictObject({
    chip: text,
    /** The name of a file of common/cores, or of one beside board.toml, without its .toml. */
    cpu: v.pipe(text, v.regex(/^[a-z0-9-]+$/, 'write the name of a core')),
    /** Hz. */
    clock: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Those that train together. */
    cores: v.optional(v.picklist([1, 2]), 1),
  }),
  flash: v.strictObject({ origin: words(0), size: words(4096) }),
  ram: v.strictObject({
    origin: words(0),
    size: words(4096),
    /** Bytes of stack, one a core, at the bottom of the RAM: as many as its core is known to need, or more. */
    stack: v.pipe(words(256), v.multipleOf(8)),
    /** Bytes reserved for the firmware's own variables. The rest is the module's memory. */
    static: v.pipe(words(256), v.multipleOf(8)),
  }),
  uart: v.strictObject({
    name: text,
    baud: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Bytes the receive ring holds, told to the host as its window. */
    window: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1024),
      v.check((size) => Number.isInteger(Math.log2(size)), 'a ring is a power of two'),
    ),
  }),
  usb: v.optional(
    v.strictObject({
      /** Identities of adapters at its UART. */
      ids: v.array(usbId),
      /** Identity of its firmware, at its own USB: a port where 1,200 baud asks for the boot loader. */
      own: v.optional(usbId),
    }),
  ),
  emulator: v.optional(
    v.variant('kind', [
      v.strictObject({
        kind: v.literal('qemu'),
        system: v.picklist(['arm', 'riscv32']),
        machine: text,
        options: v.optional(v.array(v.string()), []),
      }),
      v.strictObject({ kind: v.literal('rp2040js') }),
    ]),
  ),
  image: v.variant('file', [
    v.strictObject({ file: v.picklist(['elf', 'bin', 'hex']) }),
    v.strictObject({
      file: v.literal('uf2'),
      'uf2-family': v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'write eight hexadecimal digits')),
    }),
  ]),
  'flash-tool': v.optional(
    v.strictObject({
      /** `{image}` stands for the file, `{port}` for the board's port. */
      command: v.optional(
        v.pipe(
          v.array(text),
          v.minLength(1),
          v.check(
            (words) => words.slice(1).some((word) => word.includes('{image}')),
            "a word must hold '{image}'",
          ),
          v.check(
            (words) => words.every((word) => !/\{(?!(image|port)\})/.test(word)),
            "only '{image}' and '{port}' are filled in",
          ),
        ),
      ),
      /** The boot loader's USB volume, to copy the image to. */
      volume: v.optional(
        v.strictObject({
          /** It has one of them, by its firmware's version. */
          names: v.pipe(v.array(name), v.minLength(1)),
          /** A file that tells it from a folder of that name, and words in it. */
          file: name,
          says: text,
          /** How it shows that it has the whole image: it goes, or it comes back without the copy. */
          'when-done': v.picklist(['leaves', 'returns']),
          /** A file in which it complains when it has come back. */
          complaint: v.optional(name),
        }),
      ),
      /** The button to press. */
      'boot-loader': v.optional(text),
    }),
  ),
});

export type BoardDescription = Readonly<v.InferOutput<typeof boardSchema>>;
