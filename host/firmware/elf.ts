/** A reader of 32-bit little-endian ELF files, as far as firmware goes (Tool Interface Standard, ELF 1.2). */

export interface Section {
  readonly name: string;
  readonly address: number;
  /** The place of its bytes in the file. */
  readonly offset: number;
  readonly size: number;
}

/** A part of the file that is loaded. */
export interface Segment {
  /** Where it is stored, not where it runs. */
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** Others of the name may be in a file's own scope. */
  readonly isGlobal: boolean;
}

const MAGIC = 0x464c457f;
const CLASS_32_LITTLE = 0x0101;
const LOADED = 1;
const SYMBOL_BYTES = 16;
/** A binding, the upper half of st_info. */
const GLOBAL = 1;

export class ElfFile {
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  readonly #view: DataView;

  /** Throws `RangeError` for what is no such file. */
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 52 || this.#word(0) !== MAGIC || this.#half(4) !== CLASS_32_LITTLE)
      throw new RangeError('not a 32-bit little-endian ELF file');
    this.sections = this.#readSections();
    this.segments = this.#table(this.#word(28), this.#half(42), this.#half(44))
      .filter((at) => this.#word(at) === LOADED && this.#word(at + 16) > 0)
      .map((at) => ({ address: this.#word(at + 12), offset: this.#word(at + 4), size: this.#word(at + 16) }));
  }

  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  get symbols(): readonly ElfSymbol[] {
    const table = this.section('.symtab');
    const names = this.section('.strtab');
    if (!table || !names) return [];
    return this.#table(table.offset, SYMBOL_BYTES, table.size / SYMBOL_BYTES).map((at) => ({
      name: this.#text(names.offset + this.#word(at)),
      value: this.#word(at + 4),
      size: this.#word(at + 8),
      isGlobal: this.bytes[at + 12] >> 4 === GLOBAL,
    }));
  }

  /** The value of a global symbol, or else of a file's own. Throws `RangeError` where there is none. */
  symbol(name: string): number {
    const named = this.symbols.filter((symbol) => symbol.name === name);
    const found = named.find(({ isGlobal }) => isGlobal) ?? named.at(0);
    if (!found) throw new RangeError(`the firmware has no symbol ${name}`);
    return found.value;
  }

  /** Returns the contents of a memory from `origin` on: the loaded bytes, 0xff between them. */
  image(origin: number): Uint8Array<ArrayBuffer> {
    const end = Math.max(...this.segments.map(({ address, size }) => address + size));
    const image = new Uint8Array(end - origin).fill(0xff);
    for (const { address, offset, size } of this.segments)
      image.set(this.bytes.subarray(offset, offset + size), address - origin);
    return image;
  }

  #readSections(): readonly Section[] {
    const headers = this.#table(this.#word(32), this.#half(46), this.#half(48));
    const names = this.#word(headers[this.#half(50)] + 16);
    return headers.map((at) => ({
      name: this.#text(names + this.#word(at)),
      address: this.#word(at + 12),
      offset: this.#word(at + 16),
      size: this.#word(at + 20),
    }));
  }

  #table(start: number, entryBytes: number, count: number): readonly number[] {
    return Array.from({ length: count }, (_, i) => start + i * entryBytes);
  }

  #text(at: number): string {
    return Buffer.from(this.bytes.subarray(at, this.bytes.indexOf(0, at))).toString('latin1');
  }

  #half(at: number): number {
    return this.#view.getUint16(at, true);
  }

  #word(at: number): number {
    return this.#view.getUint32(at, true);
  }
}
