/** The host's way onto the line: no sooner than the stream takes bytes, and the line passes them on. */
import type { ByteStream } from './byte-stream.js';
import { Pace } from './pace.js';

export class PacedWriter {
  /** Bytes. */
  written = 0;
  readonly #pace: Pace;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param bytesPerSecond of the line; Infinity where only the stream knows
   * @param go called when there is room again, where it was asked for or the stream had none
   */
  constructor(
    private readonly stream: ByteStream,
    bytesPerSecond: number,
    private readonly go: () => void,
  ) {
    this.#pace = new Pace(bytesPerSecond);
    stream.on('drain', go);
  }

  /** The stream wants writing to pause. */
  get isBlocked(): boolean {
    return this.stream.writableNeedDrain;
  }

  /** Bytes that the line may be given now; what is begun with room for a byte may be given whole. */
  get room(): number {
    return this.isBlocked ? 0 : this.#pace.room(performance.now());
  }

  askForRoom(): void {
    this.#timer ??= setTimeout(this.#resume, this.#pace.wait(performance.now()));
  }

  write(bytes: Uint8Array): void {
    this.written += bytes.length;
    this.#pace.note(bytes.length, performance.now());
    this.stream.write(bytes);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.stream.off('drain', this.go);
  }

  readonly #resume = (): void => {
    this.#timer = undefined;
    this.go();
  };
}
