/** A sensor's bytes become windows; what is left out on the way is counted. */
import { LineCutter } from './line-cutter.js';
import { saidIn } from './values.js';
import { Windows } from './windows.js';

/** Times are not among them: bytes alone decide. */
export interface LineCounts {
  /** Lines of a value a channel. */
  readonly lines: number;
  /** Lines of words: headers, messages; the first line, which may have begun before the port was opened, is one. */
  readonly text: number;
  /** Lines of another number of values, or with a field that is no number. */
  readonly damaged: number;
}

export interface SensorEvents {
  /** Told once, before the first window. */
  channels(channels: number, line: string): void;
  window(lines: readonly (readonly number[])[]): void;
  /** A window begins anew behind it. */
  damaged(line: string): void;
  text(line: string): void;
}

interface Line {
  readonly text: string;
  readonly values: readonly number[];
}

export class Sensor {
  readonly #cutter = new LineCutter();
  readonly #windows: Windows;
  readonly #events: SensorEvents;
  #isFirst = true;
  #channels: number | undefined;
  /** Before the channels are known: the last line, if it was of values. */
  #before: Line | undefined;
  #lines = 0;
  #text = 0;
  #damaged = 0;

  constructor(window: number, stride: number, events: SensorEvents) {
    this.#windows = new Windows(window, stride);
    this.#events = events;
  }

  get channels(): number | undefined {
    return this.#channels;
  }

  get counts(): LineCounts {
    return { lines: this.#lines, text: this.#text, damaged: this.#damaged };
  }

  /** Throws what an event throws. */
  push(bytes: Uint8Array): void {
    for (const line of this.#cutter.push(bytes)) this.#take(line);
  }

  #take(text: string): void {
    const said = saidIn(text);
    // Its beginning may be missing: -12.5 cut in half is 2.5, a number too.
    if (this.#isFirst || said.kind === 'text') {
      this.#isFirst = false;
      this.#text++;
      this.#events.text(text);
    } else if (said.kind === 'values') this.#takeValues({ text, values: said.values });
    else {
      this.#dropBefore();
      this.#refuse(text);
    }
  }

  /** Two lines of values that agree, one after the other, say how many channels there are. */
  #takeValues(line: Line): void {
    if (this.#channels === undefined) {
      if (this.#before?.values.length !== line.values.length) {
        this.#dropBefore();
        this.#before = line;
        return;
      }
      this.#channels = line.values.length;
      this.#events.channels(this.#channels, line.text);
      this.#keep(this.#before);
      this.#before = undefined;
    }
    if (line.values.length === this.#channels) this.#keep(line);
    else this.#refuse(line.text);
  }

  #dropBefore(): void {
    if (this.#before) this.#refuse(this.#before.text);
    this.#before = undefined;
  }

  #keep({ values }: Line): void {
    this.#lines++;
    const window = this.#windows.push(values);
    if (window) this.#events.window(window);
  }

  #refuse(line: string): void {
    this.#damaged++;
    this.#windows.restart();
    this.#events.damaged(line);
  }
}
