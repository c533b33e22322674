/** Tells of a line that changes bytes: how, by which cause, and what to do about it. */
import { UserError } from '../ground/index.js';
import { probeBytes } from '../wire/index.js';
import type { Change, Changes } from './changes.js';

/** The user's way to a line: the path of a port of this machine's, or the address of a serial server. */
export type LineKind = 'port' | 'address';

interface Cause {
  /** Tells whether this change is its work. */
  readonly makes: (change: Change) => boolean;
  /** Fewer changes have another cause (default 1). */
  readonly least?: number;
  /** The cause, in words. */
  readonly name: string;
  /** Its effect, where its changes do not say it. */
  readonly effect?: string;
  readonly remedy: Readonly<Record<LineKind, string>>;
}

const XON = 0x11;
const XOFF = 0x13;
const IAC = 0xff;
const LF = 0x0a;
const CR = 0x0d;
/** The loss of a bit changes half of 256 bytes; a few may be for another cause. */
const MOST_OF_HALF = 100;

const isNewline = (byte: number) => byte === CR || byte === LF;
const isBeside = (at: number, byte: number) => probeBytes[at - 1] === byte || probeBytes[at] === byte;

const causes: readonly Cause[] = [
  {
    makes: (change) => change.kind === 'changed' && change.into === (change.byte & 0x7f),
    least: MOST_OF_HALF,
    effect: 'clears the eighth bit of every byte',
    name: 'it has 7 bits a byte',
    remedy: {
      port: 'set 8 data bits and no parity at everything that the line goes through (stty cs8 -parenb -istrip)',
      address: 'set 8 data bits and no parity in the serial server (ser2net: 115200n81)',
    },
  },
  {
    makes: (change) => change.kind === 'changed' && change.into === (change.byte ^ 0xff),
    least: MOST_OF_HALF,
    effect: 'inverts every bit',
    name: 'its polarity is wrong',
    remedy: {
      port: 'is a level converter missing, or one too many, or set to invert?',
      address: 'is a level converter missing, or one too many, or does the serial server invert?',
    },
  },
  {
    makes: ({ kind, byte }) => kind === 'lost' && (byte === XON || byte === XOFF),
    name: 'software flow control is on',
    remedy: {
      port: 'turn XON/XOFF off at everything that the line goes through (stty -ixon -ixoff)',
      address: 'turn XON/XOFF off in the serial server (ser2net: no xonxoff)',
    },
  },
  {
    // Bytes behind the first 0xff are taken for the rest of a command.
    makes: ({ kind, at, byte }) =>
      (kind === 'added' && byte === IAC && isBeside(at, IAC)) ||
      (kind === 'lost' && (byte === IAC || at < 3)),
    name: 'this is a telnet port',
    remedy: {
      port: "let the line pass bytes as they are: 'raw', not 'telnet'",
      address: "use the serial server's raw port (ser2net: accepter tcp, without telnet)",
    },
  },
  {
    // Both zeros of the probe: the one behind CR alone is a newline's.
    makes: ({ kind, byte }) => kind === 'lost' && byte === 0,
    least: 2,
    name: 'it takes zeros for padding',
    remedy: {
      port: 'set the line to raw (stty raw), at everything that it goes through',
      address: 'let the serial server pass zeros: raw, no padding dropped',
    },
  },
  {
    makes: ({ kind, at, byte, ...change }) =>
      (kind === 'changed' && isNewline(byte) && 'into' in change && isNewline(change.into)) ||
      (kind === 'lost' && isNewline(byte)) ||
      (kind === 'added' && (isBeside(at, CR) || isBeside(at, LF)) && (isNewline(byte) || byte === 0)) ||
      (kind === 'lost' && byte === 0 && probeBytes[at - 1] === CR),
    name: 'it translates newlines',
    remedy: {
      port: 'set the line to raw (stty raw), at everything that it goes through',
      address: 'set the serial server to raw, without telnet and newline translation',
    },
  },
];

const unknown: Pick<Cause, 'remedy'> = {
  remedy: {
    port: 'the line must carry any byte as it is: 8 data bits, raw, the baud rate that the firmware was built for',
    address: 'the serial server must pass any byte as it is: raw, 8 data bits, no translation',
  },
};

/** Bytes and changes that are told one by one. */
const TOLD = 4;

/**
 * Tells what is wrong with a line, or undefined where nothing is.
 * @param kind `undefined`: one that is neither
 */
export function diagnose(
  toDevice: Changes,
  fromDevice: Changes,
  kind: LineKind = 'port',
): UserError | undefined {
  const ways = [describe(toDevice), describe(fromDevice)];
  const [up, down] = ways.map(({ text }) => text);
  if (up === '' && down === '') return undefined;
  const parts = up === down ? [`both ways it ${up}`] : [];
  if (parts.length === 0) {
    if (up !== '') parts.push(`to the device it ${up}`);
    if (down !== '') parts.push(`from the device it ${down}`);
  }
  const found = new Set(ways.flatMap(({ causes }) => causes));
  const hints = [...(found.size > 0 ? found : [unknown])].map(({ remedy }) => remedy[kind]);
  return new UserError(`the line changes what passes: ${parts.join('; ')}`, hints.join('; '));
}

function describe(changes: Changes): { readonly text: string; readonly causes: readonly Cause[] } {
  let rest = [...changes.values()];
  const texts: string[] = [];
  const found: Cause[] = [];
  for (const cause of causes) {
    const made = rest.filter(cause.makes);
    if (made.length < (cause.least ?? 1)) continue;
    rest = rest.filter((change) => !made.includes(change));
    found.push(cause);
    texts.push(`${cause.effect ?? effectOf(made)}: ${cause.name}`);
  }
  if (rest.length > 0) texts.push(effectOf(rest));
  return { text: texts.join(', and '), causes: found };
}

/** Tells how changes alter bytes, each byte once. */
function effectOf(changes: readonly Change[]): string {
  const lost = new Set<string>();
  const others = new Set<string>();
  const doubled = new Set<number>();
  for (const change of changes) {
    const [before, after] = [probeBytes[change.at - 1], probeBytes[change.at]];
    if (change.kind === 'lost') lost.add(hex(change.byte));
    else if (change.kind === 'changed') others.add(`makes ${hex(change.into)} of ${hex(change.byte)}`);
    else if (isNewline(after) && isNewline(change.byte) && change.byte !== after)
      others.add(`puts ${hex(change.byte)} before ${hex(after)}`);
    else if (change.byte === before || change.byte === after) doubled.add(change.byte);
    else others.add(`puts ${hex(change.byte)} behind ${hex(before ?? after)}`);
  }
  const drops = lost.size > 0 ? [`drops ${list([...lost].reverse())}`] : [];
  // A byte that is put beside another may stand beside its like.
  const isPut = (byte: number) => [...others].some((other) => other.startsWith(`puts ${hex(byte)} `));
  const doubles = [...doubled].filter((byte) => !isPut(byte)).map((byte) => `doubles ${hex(byte)}`);
  return list([...drops, ...doubles, ...others]);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

function list(items: readonly string[]): string {
  const told = items.length > TOLD + 1 ? items.slice(0, TOLD) : items;
  const last = told.length < items.length ? `${items.length - told.length} others` : undefined;
  const all = last ? [...told, last] : told;
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
