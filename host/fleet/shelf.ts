/** A place for savings of folders: chunks in their order, under a name that is given once and never again. */
export interface Shelf {
  /** Bytes that a folder may have. */
  readonly most: number;
  /**
   * Writes all chunks. A saving that was not written to its end is taken away, at the latest an hour later.
   * @throws `UserError` where they cannot be kept
   */
  put(saving: string, chunks: Iterable<Uint8Array>): Promise<void>;
  has(saving: string): Promise<boolean>;
  /** @returns false where it is not there, or is taken away meanwhile */
  read(saving: string, use: (chunk: Uint8Array) => void): Promise<boolean>;
  remove(saving: string): Promise<void>;
  /** Takes away all whose names begin so, written to their end or not. */
  removeAll(beginning: string): Promise<void>;
}
