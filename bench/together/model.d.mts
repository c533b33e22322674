/** What passes a line, or one byte of it: cycles of the board's cores, bytes on the line. */
interface Cost {
  readonly cycles: number;
  readonly bytes: number;
}

export interface Measured {
  readonly minibatch: number;
  /** Cycles a second. */
  readonly clock: number;
  /** The whole minibatch first; cycles, and bytes that are told. */
  readonly shares: readonly {
    readonly share: number;
    readonly relaxation: number;
    readonly update: number;
    readonly sums: number;
    readonly states: number;
  }[];
  readonly lines: Readonly<
    Record<string, { readonly image: Cost; readonly read: Cost; readonly written: Cost }>
  >;
}

export interface Line {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly measured: string;
}

export function samplesASecond(
  measured: Measured,
  exchange: 'sums' | 'states',
  line: Line,
  boards: number,
): number;
