/** A sensor's lines, as they come from a port, become rows of a file. */
import { type DeviceLine, openDevice } from '../devices/index.js';
import { requireDuration, UserError } from '../ground/index.js';
import { RowFile, requireWord } from './row-file.js';
import { type LineCounts, Sensor } from './sensor.js';

/** Milliseconds without a line of values after which that is told: a board that is reset by opening its port is up by then. */
const PATIENCE = 5000;

export interface CaptureOptions {
  /** Path of a serial port, or `tcp://host:port`. */
  readonly port: string;
  readonly baudRate: number;
  readonly label: string;
  readonly group?: string;
  /** Lines of a window, 1 or more. */
  readonly window: number;
  /** Lines from a window's begin to the next one's, 1 or more. */
  readonly stride: number;
  /** CSV file that rows are appended to. */
  readonly out: string;
  /** Ends after so many rows, or milliseconds; else when it is interrupted. */
  readonly rows?: number;
  readonly duration?: number;
  /** Milliseconds without a line of values after which that is told, the next time after twice as many (default 5,000). */
  readonly patience?: number;
}

export interface CaptureCounts extends LineCounts {
  /** Captured now. */
  readonly rows: number;
  /** Rows of the file, those captured now among them, by label. */
  readonly labels: Readonly<Record<string, number>>;
  /** Values a line; undefined before two lines agree. */
  readonly channels: number | undefined;
  /** From the first line of values to the last; undefined before the second. */
  readonly linesPerSecond: number | undefined;
}

/** A time in which no line of values came, and what did. */
export interface Silence {
  readonly milliseconds: number;
  readonly bytes: number;
  /** The last line, where there was one. */
  readonly line: string | undefined;
}

export interface CaptureEvents {
  /** A last row without its end, which a crash left in the file, was taken out. */
  repaired?(row: string): void;
  /** The port is open. */
  listening?(): void;
  /** Something came; `rows` of them were written. */
  heard?(counts: CaptureCounts, rows: number): void;
  /** A line with another number of values, or a field that is no number. */
  damaged?(line: string): void;
  silent?(silence: Silence): void;
}

/** An error is the port's or the file's; what was captured before is in the file. */
export type CaptureEnding = 'rows' | 'duration' | 'interrupted' | UserError;

export interface Captured extends CaptureCounts {
  readonly file: string;
  readonly ending: CaptureEnding;
}

/**
 * Captures until it has what it was told to, is interrupted, or fails.
 * @throws `UserError` where it cannot begin
 */
export async function capture(
  options: CaptureOptions,
  events: CaptureEvents,
  signal?: AbortSignal,
): Promise<Captured> {
  const { port, baudRate, group, out, window } = options;
  requireOptions(options);
  const form = { window, hasGroup: group !== undefined };
  const file = RowFile.open(out, form, (row) => events.repaired?.(row));
  const line = await openDevice(port, { baudRate });
  const recording = new Recording(file, options, events);
  try {
    const ending = await recording.listen(line, signal);
    return { file: out, ...recording.counts, ending };
  } finally {
    await line.close();
  }
}

function requireOptions({
  port,
  label,
  group,
  window,
  stride,
  rows,
  duration,
  patience,
}: CaptureOptions): void {
  requireWord(label, 'label');
  if (group !== undefined) requireWord(group, 'group');
  for (const [name, value] of Object.entries({ window, stride, rows }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new UserError(`${name} is ${value}`, 'choose a whole number from 1 on');
  if (duration !== undefined) requireDuration(duration, 'duration');
  if (patience !== undefined) requireDuration(patience, 'patience');
  if (port === 'simulated')
    throw new UserError('a simulated device has no sensor', 'name a port: eqprop ports lists them');
}

class Recording {
  readonly #sensor: Sensor;
  #windows: (readonly (readonly number[])[])[] = [];
  #rows = 0;
  #rate: { readonly since: number; readonly lines: number; readonly last: number } | undefined;
  #silence: Omit<Silence, 'milliseconds'> = { bytes: 0, line: undefined };

  constructor(
    private readonly file: RowFile,
    private readonly options: CaptureOptions,
    private readonly events: CaptureEvents,
  ) {
    this.#sensor = new Sensor(options.window, options.stride, {
      channels: (channels, line) => file.requireChannels(channels, line),
      window: (lines) => this.#windows.push(lines),
      text: (line) => this.#leaveOut(line),
      damaged: (line) => {
        this.#leaveOut(line);
        events.damaged?.(line);
      },
    });
  }

  get counts(): CaptureCounts {
    const { counts, channels } = this.#sensor;
    const { since, lines, last } = this.#rate ?? { since: 0, lines: 0, last: 0 };
    return {
      ...counts,
      rows: this.#rows,
      labels: Object.fromEntries(this.file.rows),
      channels,
      linesPerSecond: last > since ? (1000 * (counts.lines - lines)) / (last - since) : undefined,
    };
  }

  listen({ stream }: DeviceLine, signal: AbortSignal | undefined): Promise<CaptureEnding> {
    const { duration, rows = Number.POSITIVE_INFINITY, patience = PATIENCE } = this.options;
    return new Promise<CaptureEnding>((resolve, reject) => {
      let wait = patience;
      const tellSilence = () => {
        this.events.silent?.({ milliseconds: wait, ...this.#silence });
        // A sensor may be slow.
        wait *= 2;
      };
      let silence = setTimeout(tellSilence, wait);
      const end = (ending: CaptureEnding) => {
        clearTimeout(silence);
        clearTimeout(deadline);
        signal?.removeEventListener('abort', interrupt);
        stream.off('data', hear);
        resolve(ending);
      };
      const deadline = duration === undefined ? undefined : setTimeout(() => end('duration'), duration);
      const interrupt = () => end('interrupted');
      const fail = (error: unknown) => {
        if (error instanceof UserError) {
          end(error);
          return;
        }
        reject(error);
        end('interrupted');
      };
      const hear = (bytes: Uint8Array) => {
        try {
          if (this.#take(bytes)) {
            clearTimeout(silence);
            silence = setTimeout(tellSilence, wait);
          }
          if (this.#rows >= rows) end('rows');
        } catch (error) {
          fail(error);
        }
      };
      signal?.addEventListener('abort', interrupt);
      stream.on('error', fail);
      stream.on('data', hear);
      this.events.listening?.();
      if (signal?.aborted) interrupt();
    });
  }

  /** @returns false where no line of values was among these bytes */
  #take(bytes: Uint8Array): boolean {
    const { label, group, rows = Number.POSITIVE_INFINITY } = this.options;
    const before = this.#sensor.counts.lines;
    this.#silence = { ...this.#silence, bytes: this.#silence.bytes + bytes.length };
    this.#sensor.push(bytes);
    const windows = this.#windows.splice(0).slice(0, rows - this.#rows);
    this.file.append(label, group, windows);
    this.#rows += windows.length;
    this.#time(before);
    this.events.heard?.(this.counts, windows.length);
    if (this.#sensor.counts.lines === before) return false;
    this.#silence = { bytes: 0, line: undefined };
    return true;
  }

  /** The first chunk's lines had waited for nobody knows how long. */
  #time(before: number): void {
    const { lines } = this.#sensor.counts;
    if (lines === before) return;
    const now = performance.now();
    this.#rate = this.#rate ? { ...this.#rate, last: now } : { since: now, lines, last: now };
  }

  #leaveOut(line: string): void {
    this.#silence = { ...this.#silence, line };
  }
}
