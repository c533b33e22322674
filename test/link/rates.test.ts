/** Lines whose rate nobody has told: it is found, or what was tried is. */
import { describe, expect, test } from 'vitest';
import { TRIED_RATES } from '#host/devices/rates';
import { Link, type LinkOptions } from '#host/link/link';
import { outcome } from './opened-link.js';
import { RatedLine, type RatedLineOptions, sampled } from './rated-line.js';

/** Opens a link, asks one thing, and closes it. Returns the rate and the answer, or the error. */
async function open(options: RatedLineOptions, others: LinkOptions = {}) {
  const line = new RatedLine(TRIED_RATES, options);
  const use = async () => {
    const link = await Link.open(line, { rates: line, kind: 'port', ...others });
    const { damaged, early } = await link.request('statistics', {});
    link.close();
    return { baud: link.baud, damaged, early };
  };
  const result = await outcome(use());
  line.destroy();
  return { line, result };
}

const [FAST, USUAL] = TRIED_RATES;

test('a UART hears its own rate as it is, and another as rubbish', () => {
  const bytes = Array.from({ length: 256 }, (_, n) => n);
  expect(sampled(bytes, 115_200, 115_200)).toEqual(bytes);
  expect(sampled(bytes, 117_000, 115_200)).toEqual(bytes);
  // A start bit of eight samples, and low bits that are as long.
  expect(sampled([0x00], 115_200, 921_600)).toEqual([0x00]);
  expect(sampled([0x55], 115_200, 921_600)).toEqual([0x80, 0x80, 0x80, 0x80, 0x80]);
  expect(sampled([0xff], 921_600, 115_200)).toEqual([0xff]);
});

describe('the rate is found', () => {
  const each = [...new Set(TRIED_RATES)].map((baud) => [baud] as const);
  test.concurrent.each(each)('%i baud', async (baud) => {
    const { line, result } = await open({ baud });
    expect(result).toMatchObject({ baud, early: 0 });
    // The likeliest is tried once more: a line without a rate would answer there, too.
    const turns = TRIED_RATES.slice(0, TRIED_RATES.indexOf(baud) + 1);
    const found = baud === FAST ? turns : [...turns, FAST, baud];
    expect(line.rates.slice(0, found.length)).toEqual(found);
    // The device may have taken the rubbish of that try and its next HELLO for one.
    expect(new Set(line.rates.slice(found.length - 1))).toEqual(new Set([baud]));
  });

  test('of a board that starts when its port is opened', async () => {
    const { line, result } = await open({ baud: FAST, startsAfter: 2 });
    expect(result).toMatchObject({ baud: FAST, early: 0 });
    expect(line.rates).toEqual([FAST, USUAL, FAST]);
  });

  test('of one that computed, and answers all that it was asked meanwhile', async () => {
    const startsAfter = TRIED_RATES.length + 3;
    const { line, result } = await open({ baud: USUAL, startsAfter, isBusy: true });
    expect(result).toMatchObject({ baud: USUAL, early: 0 });
    expect(line.rates.slice(startsAfter)).toEqual([USUAL, FAST, USUAL]);
  });

  test('where the line cannot have the likeliest', async () => {
    const { line, result } = await open({ baud: 57_600, unfit: [FAST, 460_800, 1_000_000] });
    expect(result).toMatchObject({ baud: 57_600 });
    expect(line.rates.at(-1)).toBe(57_600);
  });

  test.each([0, 1, 3, 6])('a line without a rate is the fastest, up after %i turns', async (startsAfter) => {
    const { line, result } = await open({ startsAfter });
    expect(result).toMatchObject({ baud: FAST, early: 0 });
    expect(line.rates.at(-1)).toBe(FAST);
  });
});

describe('where it is not, what is there is told', () => {
  const silence = 'no answer from the device within 3 s';
  const fails = async (options: RatedLineOptions) => (await open(options, { patience: 3000 })).result;

  test.concurrent('nothing', async ({ expect }) => {
    expect(await fails({ startsAfter: 1e9 })).toMatchObject({
      message: `${silence} at 9 rates from 9,600 to 1,000,000 baud`,
      hint: expect.stringContaining('its baud rate another (--baud names it)'),
    });
  });

  test.concurrent('a device at another rate', async ({ expect }) => {
    expect(await fails({ baud: 300_000 })).toMatchObject({
      message: expect.stringContaining('at 9 rates from'),
    });
  });

  test.concurrent('another program', async ({ expect }) => {
    expect(await fails({ baud: USUAL, says: 'I (1234) wifi: connected\r\n' })).toMatchObject({
      message: `${silence}, but a text: 'I (1234) wifi: connected'`,
    });
  });

  test.concurrent('rubbish', async ({ expect }) => {
    expect(await fails({ baud: USUAL, says: '\u0080\u0081\u0000' })).toMatchObject({
      message: expect.stringMatching(/ baud, but [\d,]+ other bytes at [\d,]+: ([0-9a-f]{2} ){8}…$/),
    });
  });

  test.concurrent('a line that changes bytes', async ({ expect }) => {
    const { result } = await open({ baud: USUAL, change: (byte) => byte & 0x7f }, { patience: 60_000 });
    expect(result).toMatchObject({
      message:
        'the line changes what passes: from the device it clears the eighth bit of every byte: it has 7 bits a byte',
    });
  });

  test('a line that can have none of them', async () => {
    const { result } = await open({ unfit: TRIED_RATES });
    expect(result).toMatchObject({ message: `no ${TRIED_RATES.at(-1)} here` });
  });

  test('a rate that was given', async () => {
    const line = new RatedLine([USUAL], { baud: FAST });
    expect(await outcome(Link.open(line, { kind: 'port', patience: 500 }))).toMatchObject({
      hint: expect.stringContaining('Without --baud it is found'),
    });
    line.destroy();
  });
});
