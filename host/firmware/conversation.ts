/** Lines to and from firmware that needs no host (boards/standalone), in its board's emulator. */
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { DeviceLine } from '../devices/index.js';
import { duration, requireDuration, UserError } from '../ground/index.js';
import type { DeployedImage } from './deployed-image.js';
import { openInEmulator, requireEmulator } from './open-device.js';

export interface Conversation {
  /**
   * Says one line after the other, each when the one before it is answered, and asks for the state behind the last. To a
   * program of its own it says them as they come, and stays.
   * @throws `UserError` where a line holds a zero byte, which would hand the board over to a host; where the line breaks
   */
  say(lines: AsyncIterable<string>): Promise<void>;
  /** The open line: hosts may have it once it is heard no more. */
  readonly line: DeviceLine;
  /** Hears no more. */
  leave(): void;
  close(): Promise<void>;
}

/** Milliseconds that the firmware has to greet. */
const PATIENCE = 30_000;
/** Words that may follow an answer. */
const AFTERTHOUGHT = /^! (?:not )?learnt\b/;
const STATE = '! step ';

/**
 * Starts an image in its board's emulator, and waits for its greeting where it reads lines.
 * @param hear is told each line that the board says
 * @throws `UserError` where the board has no emulator, or it does not start or stays silent
 */
export async function talkTo(
  image: DeployedImage,
  hear: (line: string) => void,
  patience: number = PATIENCE,
): Promise<Conversation> {
  requireDuration(patience, 'the patience with an emulated board');
  const { board } = image;
  const emulator = requireEmulator(board);
  // USB makes the sender wait, where an emulated UART would lose of a long line; whoever has not spoken hears nothing there.
  const hasUsb = image.readsLines && emulator.kind === 'rp2040js' && board.usb?.own !== undefined;
  const line = await openInEmulator(board, image, hasUsb ? 'usb' : 'uart');
  const heard = new Answers(line.stream, hear);
  const tell = (text: string) => void line.stream.write(`${text}\n`);
  if (image.readsLines)
    try {
      await heard.next(
        () => true,
        patience,
        () =>
          new UserError(
            `${board.id}: the image of ${image.name} says nothing within ${duration(patience / 1000)}`,
            "does the board's code fit the machine that is emulated?",
          ),
      );
    } catch (cause) {
      await line.close();
      throw cause;
    }
  return {
    line,
    say: async (lines) => {
      if (image.readsLines) return sayInTurn(lines, tell, heard);
      for await (const text of lines) tell(text);
      await heard.broken;
    },
    leave: () => heard.stop(),
    close: () => line.close(),
  };
}

async function sayInTurn(
  lines: AsyncIterable<string>,
  tell: (text: string) => void,
  heard: Answers,
): Promise<void> {
  const ask = (text: string, isAnswer: (line: string) => boolean) => {
    const answer = heard.next(isAnswer);
    tell(text);
    return answer;
  };
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text.includes('\0'))
      throw new UserError(`line ${number} has a zero byte in it`, 'give lines of numbers as text');
    if (text.trim() !== '') await ask(text, (answer) => !AFTERTHOUGHT.test(answer));
  }
  await ask('!state', (answer) => answer.startsWith(STATE));
}

/** The lines that come, and whoever waits for one. */
class Answers {
  readonly #lines;
  /** Rejects when the line breaks. */
  readonly broken: Promise<never>;
  #awaited: ((line: string) => void) | undefined;

  constructor(
    private readonly stream: Duplex,
    hear: (line: string) => void,
  ) {
    this.broken = new Promise((_, reject) => {
      stream.once('error', reject);
    });
    // Whoever waits then is told.
    this.broken.catch(() => undefined);
    // A line's two ends are one, however late the second comes.
    this.#lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on(
      'line',
      (line) => {
        hear(line);
        this.#awaited?.(line);
      },
    );
    // It would throw what the stream has told already.
    this.#lines.on('error', () => undefined);
  }

  /** Resolves when a line has come that `isMeant`; without patience it waits for as long as the line lasts. */
  async next(isMeant: (line: string) => boolean, patience?: number, late?: () => UserError): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<void>((resolve, reject) => {
      if (late) timer = setTimeout(() => reject(late()), patience);
      this.#awaited = (line) => {
        if (isMeant(line)) resolve();
      };
    });
    try {
      await Promise.race([answer, this.broken]);
    } finally {
      clearTimeout(timer);
      this.#awaited = undefined;
    }
  }

  stop(): void {
    this.#lines.close();
    // It is paused by that, too.
    this.stream.resume();
  }
}
