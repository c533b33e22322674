/** Shows a capture as it goes: a line drawn anew on a terminal, one at the end anywhere. */
import type { CaptureCounts, Captured, CaptureEvents, CaptureOptions, Silence } from '../capture/index.js';
import { count, duration, excerpt, printable, several, significant, UserError } from '../ground/index.js';
import { type Mode, print, printJson, say, styled } from './output.js';
import { terminal } from './terminal.js';

/** Damaged lines that are shown; all of them are counted. */
const SHOWN_LINES = 5;

export class CaptureDisplay implements Required<CaptureEvents> {
  onListening: () => void = () => undefined;
  #damaged = 0;

  constructor(
    private readonly mode: Mode,
    private readonly options: CaptureOptions,
  ) {}

  repaired(row: string): void {
    this.#tell(
      { kind: 'repaired', row },
      `${this.options.out}: its last row had no end and was taken out: '${excerpt(row)}'`,
    );
  }

  listening(): void {
    this.onListening();
    const { port, baudRate, label } = this.options;
    if (this.mode === 'json') printJson({ kind: 'listening', port, baudRate });
    else say(`listening to ${port} at ${count(baudRate)} baud for ${label}; Ctrl-C ends it, and keeps all`);
  }

  heard(counts: CaptureCounts, rows: number): void {
    if (this.mode === 'json') {
      if (rows > 0) printJson({ kind: 'rows', ...counts });
    } else if (terminal.draws) terminal.show({ title: this.options.label, parts: this.#parts(counts) });
  }

  damaged(line: string): void {
    const more = ++this.#damaged === SHOWN_LINES ? '; further ones are counted' : '';
    if (this.mode === 'json' || this.#damaged <= SHOWN_LINES)
      this.#tell(
        { kind: 'damaged', line },
        `left out  '${excerpt(line)}': not as many numbers as other lines${more}`,
      );
  }

  silent(silence: Silence): void {
    const { milliseconds, bytes, line } = silence;
    const since = duration(milliseconds / 1000);
    const { port, baudRate } = this.options;
    const what =
      bytes === 0
        ? `${port} has said nothing for ${since}: does the sketch print, is --baud ${baudRate} its speed, has another program (a serial monitor) the port?`
        : `no line of numbers for ${since}, ${count(bytes)} bytes${line === undefined ? ' without the end of a line' : `, the last line '${excerpt(line)}'`}: is --baud ${baudRate} the sketch's speed, and does it print numbers alone?`;
    this.#tell({ kind: 'silent', ...silence }, what);
  }

  /** Says what there is now, however it ended. */
  conclude({ ending, ...captured }: Captured): void {
    const isError = ending instanceof UserError;
    if (this.mode === 'json') {
      const { label, group, window, stride } = this.options;
      printJson({
        kind: 'captured',
        ...{ label, group, window, stride, ...captured },
        ending: isError ? 'error' : ending,
      });
      return;
    }
    const { file, channels } = captured;
    const shape = channels === undefined ? '' : `; shape ${channels}x1x${this.options.window}`;
    print(`${file}: ${this.options.label} ${this.#parts(captured).join(', ')}${shape}`);
  }

  stop(): void {
    terminal.clear();
  }

  #parts({ rows, labels, linesPerSecond, text, damaged }: CaptureCounts): readonly string[] {
    const inFile = Object.entries(labels).map(([label, n]) => `${printable(label)} ${count(n)}`);
    return [
      several(rows, 'row'),
      linesPerSecond !== undefined && `${significant(linesPerSecond)} lines/s`,
      `${several(text, 'line')} skipped`,
      damaged > 0 && `${count(damaged)} damaged`,
      inFile.length > 0 && `in the file: ${inFile.join(', ')}`,
    ].filter((part) => part !== false);
  }

  #tell(event: object, words: string): void {
    if (this.mode === 'json') printJson(event);
    else say(styled('yellow', words));
  }
}
