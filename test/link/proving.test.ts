/** Lines that change the same bytes for ever: a link does not open on them, and says why. */
import { afterEach, describe, expect, test } from 'vitest';
import { Link } from '#host/link/link';
import type { Faults } from '../faults/spoiler.js';
import { ChangingLine, changing, type Ways } from './changing-line.js';
import { FaultyLine } from './faulty-line.js';
import { closesItsLinks, openUnhurried, outcome } from './opened-link.js';
import { limits, network } from './workload.js';

closesItsLinks();

const lines: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const line of lines.splice(0)) line.destroy();
});

async function over(ways: Ways) {
  const line = new ChangingLine(ways);
  const error = await outcome(Link.open(line, { patience: 60_000, kind: 'address' }));
  line.destroy();
  return error;
}

describe('a link does not open where the line', () => {
  const known = [
    ['iac', 'doubles 0xff'],
    ['xonxoff', 'drops 0x11 and 0x13'],
    ['seven', 'clears the eighth bit'],
    ['onlcr', 'puts 0x0d before 0x0a'],
    ['icrnl', 'makes 0x0a of 0x0d'],
    ['inlcr', 'makes 0x0d of 0x0a'],
    ['igncr', 'drops 0x0d'],
    ['crnul', 'puts 0x00 behind 0x0d'],
    ['nonul', 'drops 0x00'],
    ['invert', 'inverts every bit'],
    ['odd', 'makes 0xc1 of 0x41'],
  ] as const;

  test.concurrent.each(known)('%s', async (name, told) => {
    const way = changing[name];
    const [up, down, both] = await Promise.all([
      over({ toDevice: way }),
      over({ fromDevice: way }),
      over({ toDevice: way, fromDevice: way }),
    ]);
    expect(up).toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`to the device it ${told}`),
    });
    expect(down).toMatchObject({ message: expect.stringContaining(`from the device it ${told}`) });
    expect(both).toMatchObject({ message: expect.stringContaining(`both ways it ${told}`) });
  });

  test('drops bytes and is bad, too', async () => {
    const noisy: Faults = { drop: 0.0005, corrupt: 0.0005 };
    const options = { seed: 3, toDevice: noisy, fromDevice: noisy, chunk: 40, changed: changing.xonxoff };
    const line = new FaultyLine(options);
    lines.push(line);
    expect(await outcome(Link.open(line))).toMatchObject({
      message:
        'the line changes what passes: to the device it drops 0x11 and 0x13: software flow control is on',
      hint: expect.stringContaining('stty'),
    });
  });
});

describe('a link opens', () => {
  test('with one probe where the line is good, and none of it is left on the line', async () => {
    const { link } = await openUnhurried();
    await link.request('configure', network);
    await link.request('initialise', { limits });
    expect(await link.request('statistics', {})).toMatchObject({ frames: 4, damaged: 0, early: 0 });
    expect(link.counters).toMatchObject({ damaged: 0, polls: 0, resent: 0 });
  });

  test('where the line is bad, whatever it does', async () => {
    const kinds: readonly Faults[] = [
      { drop: 0.004 },
      { corrupt: 0.004 },
      { insert: 0.005 },
      { lose: 0.001 },
      { repeat: 0.003 },
    ];
    const open = async (faults: Faults, seed: number) => {
      const line = new FaultyLine({ seed, toDevice: faults, fromDevice: faults });
      lines.push(line);
      (await Link.open(line)).close();
    };
    await Promise.all(kinds.flatMap((faults) => Array.from({ length: 12 }, (_, seed) => open(faults, seed))));
  });

  test('where nobody answers the probe', async () => {
    const line = new FaultyLine();
    lines.push(line);
    const feed = line.kernel.feed.bind(line.kernel);
    line.kernel.feed = (bytes, answer, more) => {
      if (!Buffer.from(bytes).includes('EQPROBE')) feed(bytes, answer, more);
    };
    const link = await Link.open(line);
    expect(await link.request('statistics', {})).toMatchObject({ frames: 2 });
    link.close();
  });
});
