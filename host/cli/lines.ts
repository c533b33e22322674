/** Text that fits the width it is given, in columns. */
import { stripVTControlCharacters } from 'node:util';

/** How far something is, and what is told beside it, the most important first. */
export interface Status {
  readonly title: string;
  /** From 0 to 1; absent where there is no end to come to. */
  readonly share?: number;
  readonly parts: readonly string[];
}

const LONGEST_BAR = 20;
const SHORTEST_BAR = 8;
/** Columns from which on a bar is worth the place of a part. */
const ROOM_FOR_BAR = 50;

/** Returns the width of the widest line. */
export function widthOf(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map(({ length }) => length),
  );
}

/** Breaks lines between words, behind a label below its text. A word wider than a line stays whole. */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, width))
    .join('\n');
}

function wrappedLine(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  const label = /^(?:\w+ {2,}| +)/.exec(line)?.[0] ?? '';
  let lines = '';
  let column = 0;
  // A number and its percent sign are one word.
  for (const [, gap = '', word = ''] of line.matchAll(/( *)([^ ]+(?: %)?)/g)) {
    const end = column + gap.length + widthOf(word);
    if (end > width && column > label.length) {
      lines += `\n${' '.repeat(label.length)}${word}`;
      column = label.length + widthOf(word);
    } else {
      lines += gap + word;
      column = end;
    }
  }
  return lines;
}

/** One line: the title, a bar if there is an end and room, and those parts that fit. */
export function statusLine({ title, share, parts }: Status, width: number): string {
  const head = share === undefined ? '' : ` ${Math.floor(100 * share)}%`;
  const reserved = share !== undefined && width >= ROOM_FOR_BAR ? SHORTEST_BAR + 1 : 0;
  let room = width - title.length - head.length;
  let behind = '';
  for (const part of parts) {
    const more = `  ${part}`;
    if (more.length > room - reserved) continue;
    behind += more;
    room -= more.length;
  }
  const bar =
    share !== undefined && room > SHORTEST_BAR ? ` ${barOf(share, Math.min(LONGEST_BAR, room - 1))}` : '';
  return `${title}${bar}${head}${behind}`.slice(0, width);
}

function barOf(share: number, length: number): string {
  const done = Math.round(share * length);
  return '█'.repeat(done) + '░'.repeat(length - done);
}

/** The same where lines are added and none is drawn anew. */
export function statusSentence({ title, parts }: Status): string {
  return `${title}: ${parts.join(', ')}`;
}
