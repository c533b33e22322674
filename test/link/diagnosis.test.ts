/** The diagnosis from bytes of a probe that came otherwise than they were sent. */
import { describe, expect, test } from 'vitest';
import { changesBetween, common } from '#host/link/changes';
import { diagnose } from '#host/link/diagnosis';
import { probeBytes } from '#host/wire/index';
import { changing, type Way } from './changing-line.js';

const none = changesBetween(probeBytes, probeBytes);
const madeBy = (way: Way) => changesBetween(probeBytes, Uint8Array.from(way([...probeBytes])));
const both =
  (first: Way, second: Way): Way =>
  (bytes) =>
    second(first(bytes));

describe('changes', () => {
  test('are none where all came', () => {
    expect(none.size).toBe(0);
    expect(diagnose(none, none)).toBeUndefined();
  });

  test.each<[string, number[], number[], string[]]>([
    ['lost', [5, 6, 7], [5, 7], ['lost,1,6']],
    ['changed', [5, 6, 7], [5, 9, 7], ['changed,1,6,9']],
    ['added', [5, 6, 7], [5, 6, 9, 7], ['added,2,9']],
    ['added behind all', [5], [5, 5], ['added,1,5']],
    ['all lost', [5, 6], [], ['lost,0,5', 'lost,1,6']],
    ['of nothing', [], [4], ['added,0,4']],
  ])('%s', (_, sent, received, expected) => {
    expect([...changesBetween(Uint8Array.from(sent), Uint8Array.from(received)).keys()]).toEqual(expected);
  });

  test('are as many as the line makes', () => {
    expect(madeBy(changing.seven).size).toBe(128 + 2);
    expect(madeBy(changing.invert).size).toBe(256 + 8);
    expect([...madeBy(changing.xonxoff).keys()]).toEqual([`lost,${255 - 0x13},19`, `lost,${255 - 0x11},17`]);
  });

  test('of two lines have in common what both do', () => {
    const [one, other] = [both(changing.odd, changing.iac), both(changing.iac, changing.xonxoff)].map(madeBy);
    expect([...common(one, other).keys()]).toEqual([...madeBy(changing.iac).keys()]);
    expect(common(madeBy(changing.odd), madeBy(changing.iac)).size).toBe(0);
  });
});

/** Whatever says that the first 0xff begins a command of three bytes, and the next two are one. */
const telnetServer: Way = (bytes) => {
  const taken: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0xff) taken.push(bytes[i]);
    else if (bytes[++i] === 0xff) taken.push(0xff);
    else if (bytes[i] >= 0xfb) i++;
  }
  return taken;
};

describe('a diagnosis', () => {
  test.each<[string, Way, string, string]>([
    ['iac', changing.iac, 'doubles 0xff: this is a telnet port', 'raw port'],
    ['telnet', telnetServer, 'drops 0xfd, 0xfe and 0xff: this is a telnet port', 'raw port'],
    ['xonxoff', changing.xonxoff, 'drops 0x11 and 0x13: software flow control is on', 'XON/XOFF off'],
    ['seven', changing.seven, 'clears the eighth bit of every byte: it has 7 bits a byte', '8 data bits'],
    ['invert', changing.invert, 'inverts every bit: its polarity is wrong', 'level converter'],
    ['onlcr', changing.onlcr, 'puts 0x0d before 0x0a: it translates newlines', 'raw'],
    ['icrnl', changing.icrnl, 'makes 0x0a of 0x0d: it translates newlines', 'raw'],
    ['inlcr', changing.inlcr, 'makes 0x0d of 0x0a: it translates newlines', 'raw'],
    ['igncr', changing.igncr, 'drops 0x0d: it translates newlines', 'raw'],
    ['crnul', changing.crnul, 'puts 0x00 behind 0x0d: it translates newlines', 'raw'],
    ['nonul', changing.nonul, 'drops 0x00: it takes zeros for padding', 'zeros'],
    ['odd', changing.odd, 'makes 0xc1 of 0x41', 'any byte'],
    [
      'two',
      both(changing.odd, changing.xonxoff),
      'drops 0x11 and 0x13: software flow control is on, and makes 0xc1 of 0x41',
      'XON/XOFF off',
    ],
    [
      'many',
      (bytes) => bytes.map((byte) => (byte > 0x40 && byte < 0x5b ? byte | 0x20 : byte)),
      'makes 0x7a of 0x5a, makes 0x79 of 0x59, makes 0x78 of 0x58, makes 0x77 of 0x57 and 22 others',
      'any byte',
    ],
  ])('%s', (_, way, told, hint) => {
    const changes = madeBy(way);
    const message = (ways: string) => `the line changes what passes: ${ways}`;
    const said = (up: typeof none, down: typeof none) => diagnose(up, down, 'address');
    expect(said(changes, none)).toMatchObject({
      name: 'UserError',
      message: message(`to the device it ${told}`),
      hint: expect.stringContaining(hint),
    });
    expect(said(none, changes)?.message).toBe(message(`from the device it ${told}`));
    expect(said(changes, changes)?.message).toBe(message(`both ways it ${told}`));
  });

  test('of two ways that differ names both, and each remedy once', () => {
    const error = diagnose(madeBy(telnetServer), madeBy(changing.iac), 'address');
    expect(error?.message).toMatch(/: to the device it drops .*telnet port; from the device it doubles 0xff/);
    expect(error?.hint).toBe("use the serial server's raw port (ser2net: accepter tcp, without telnet)");
  });

  test('tells what to do by what the line is reached by', () => {
    const hint = (kind: 'port' | 'address') => diagnose(none, madeBy(changing.xonxoff), kind)?.hint;
    expect(hint('port')).toContain('stty -ixon');
    expect(hint('address')).toContain('serial server');
  });
});
