// Frames kept one behind the other, oldest first: length u16, sequence u16, type u8, then the payload. At any address: byte
// by byte.
import { copyBytes } from '../messages/buffers';
import { HEADER, TOLD_REQUESTS } from '../messages/wire';

@unmanaged
export class Shelf {
  private base: usize;
  /** Bytes. */
  private room: u32;
  private filled: u32;
  /** The type of the frame that copyTo() or take() copied. */
  foundType: i32;

  open(base: usize, room: u32): void {
    this.base = base;
    this.room = room;
    this.filled = 0;
  }

  /** Returns whether there was room. */
  put(type: i32, sequence: u32, payload: usize, length: i32): bool {
    const size = HEADER + length;
    if (this.filled + size > this.room) return false;
    const at = this.base + this.filled;
    store<u8>(at, u8(length));
    store<u8>(at, u8(length >> 8), 1);
    store<u8>(at, u8(sequence), 2);
    store<u8>(at, u8(sequence >> 8), 3);
    store<u8>(at, u8(type), 4);
    copyBytes(at + HEADER, payload, length);
    this.filled += size;
    return true;
  }

  has(sequence: u32): bool {
    return this.find(sequence) < this.filled;
  }

  /** Which of TOLD_REQUESTS sequences from `first` on there are: bit 0 is its own. */
  from(first: u32): u64 {
    let bits: u64 = 0;
    for (let offset: u32 = 0; offset < this.filled; offset += this.sizeAt(offset)) {
      const ahead = (this.sequenceAt(offset) - first) & 0xffff;
      if (ahead < u32(TOLD_REQUESTS)) bits |= u64(1) << ahead;
    }
    return bits;
  }

  /** Returns the length of the payload, or −1 where there is no such frame. */
  copyTo(payload: usize, sequence: u32): i32 {
    const offset = this.find(sequence);
    if (offset == this.filled) return -1;
    const at = this.base + offset;
    const length = this.sizeAt(offset) - HEADER;
    this.foundType = load<u8>(at, 4);
    copyBytes(payload, at + HEADER, length);
    return length;
  }

  /** The same for a frame that there is, and removes it. */
  take(payload: usize, sequence: u32): i32 {
    const length = this.copyTo(payload, sequence);
    this.drop(sequence);
    return length;
  }

  /** Removes the frame, if it is there. */
  drop(sequence: u32): void {
    const offset = this.find(sequence);
    if (offset < this.filled) this.remove(offset);
  }

  dropOldest(): void {
    this.remove(0);
  }

  private remove(offset: u32): void {
    const size = this.sizeAt(offset);
    this.filled -= size;
    copyBytes(this.base + offset, this.base + offset + size, this.filled - offset);
  }

  /** Where it begins, or `filled`. */
  private find(sequence: u32): u32 {
    let offset: u32 = 0;
    while (offset < this.filled && this.sequenceAt(offset) != sequence) offset += this.sizeAt(offset);
    return offset;
  }

  private sequenceAt(offset: u32): u32 {
    const at = this.base + offset;
    return u32(load<u8>(at, 2)) | (u32(load<u8>(at, 3)) << 8);
  }

  private sizeAt(offset: u32): i32 {
    const at = this.base + offset;
    return HEADER + (i32(load<u8>(at)) | (i32(load<u8>(at, 1)) << 8));
  }
}
