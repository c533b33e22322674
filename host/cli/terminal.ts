/**
 * The one place that writes to the standard streams: it knows which of them is a terminal, how wide that is, whether a
 * line on it can be drawn anew, and whether anybody reads it still.
 */
import { type Status, statusLine, statusSentence, wrapped } from './lines.js';

export type Stream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'isTTY' | 'columns'>;

/** Milliseconds between two drawings of a status; between two lines of it where nothing can be drawn anew. */
const DRAWING_INTERVAL = 100;
const LINE_INTERVAL = 10_000;

const USUAL_WIDTH = 80;
const ERASE = '\r\x1b[K';

export interface Loss {
  /** The stream's. */
  readonly name: string;
  readonly error: NodeJS.ErrnoException;
  /** Nobody reads any more: nothing is wrong but that. */
  readonly isReaderGone: boolean;
}

interface Channel {
  readonly name: string;
  readonly stream: Stream;
  isLost: boolean;
}

export class Terminal {
  readonly #results: Channel;
  readonly #words: Channel;
  #status: Status | undefined;
  #isDrawn = false;
  #lastShown: number;
  #onLoss: (loss: Loss) => void = () => undefined;

  constructor(
    results: Stream,
    words: Stream,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly now: () => number,
  ) {
    this.#lastShown = now();
    this.#results = this.#open('standard output', results);
    this.#words = this.#open('standard error', words);
  }

  /** Told when a stream can be written to no more. */
  set onLoss(listener: (loss: Loss) => void) {
    this.#onLoss = listener;
  }

  /**
   * To standard error.
   * @param whole what is to be copied: it stays in one piece
   */
  say(text: string, whole = ''): void {
    this.#line(this.#words, text, whole);
  }

  /** To standard output, as `say`. */
  print(text: string, whole = ''): void {
    this.#line(this.#results, text, whole);
  }

  /** Says it where that can still be said: standard error, or else standard output. */
  complain(text: string): void {
    this.#line(this.#words.isLost ? this.#results : this.#words, text, '');
  }

  /** Asks for the rest of a line. */
  ask(text: string): void {
    this.#erase();
    this.#write(this.#words, text);
  }

  /** Shows how far it is, until `clear`, in a line drawn anew; as a line now and then where that cannot be. */
  show(status: Status): void {
    this.#status = status;
    const since = this.now() - this.#lastShown;
    if (!this.draws) {
      if (since < LINE_INTERVAL) return;
      this.#lastShown = this.now();
      this.say(statusSentence(status));
    } else if (!this.#isDrawn || since >= DRAWING_INTERVAL) this.#draw();
  }

  clear(): void {
    this.#erase();
    this.#status = undefined;
  }

  /** True where colours mean something. */
  isColoured(stream: Stream): boolean {
    return stream.isTTY && !this.environment.NO_COLOR && !this.#isDumb;
  }

  /** Columns of standard output; undefined where it is no terminal. */
  get width(): number | undefined {
    return widthOf(this.#results);
  }

  get #isDumb(): boolean {
    return this.environment.TERM === 'dumb';
  }

  /** True where the line that tells how far it is stands there all the time. */
  get draws(): boolean {
    return this.#words.stream.isTTY && !this.#isDumb;
  }

  #open(name: string, stream: Stream): Channel {
    const channel = { name, stream, isLost: false };
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (channel.isLost) return;
      channel.isLost = true;
      const isReaderGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY);
      this.#onLoss({ name, error, isReaderGone });
    });
    return channel;
  }

  #line(channel: Channel, text: string, whole: string): void {
    const width = widthOf(channel);
    const gap = text && whole && (width !== undefined && `${text} ${whole}`.length > width ? '\n' : ' ');
    const lines = `${width === undefined ? text : wrapped(text, width)}${gap}${whole}\n`;
    // With the status goes what a key has left there, as ^C. In one write: a key may be pressed between two.
    if (channel === this.#words && this.draws) this.#write(channel, `${ERASE}${lines}`);
    else {
      this.#erase();
      this.#write(channel, lines);
    }
    this.#isDrawn = false;
    if (this.#status && this.draws) this.#draw();
  }

  #draw(): void {
    if (!this.#status) return;
    // The last column stays free: a cursor behind it would stand in the next line.
    const width = (widthOf(this.#words) ?? USUAL_WIDTH) - 1;
    this.#write(this.#words, `${ERASE}${statusLine(this.#status, width)}`);
    this.#isDrawn = true;
    this.#lastShown = this.now();
  }

  #erase(): void {
    if (this.#isDrawn) this.#write(this.#words, ERASE);
    this.#isDrawn = false;
  }

  #write({ stream, isLost }: Channel, text: string): void {
    if (!isLost) stream.write(text);
  }
}

function widthOf({ stream }: Channel): number | undefined {
  // Some terminals say 0.
  return stream.isTTY ? stream.columns || USUAL_WIDTH : undefined;
}

export const terminal = new Terminal(process.stdout, process.stderr, process.env, () => performance.now());
