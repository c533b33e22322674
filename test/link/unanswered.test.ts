/** Lines on which something else than a device answers: what it is, is told. */
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { Link } from '#host/link/link';
import { Unanswered } from '#host/link/unanswered';
import { ChangingLine } from './changing-line.js';
import { closesItsLinks, outcome } from './opened-link.js';

closesItsLinks();

/** @param answer to each thing that is written */
function lineThat(answer: (bytes: Buffer, line: Duplex) => void): Duplex {
  const line = new Duplex({
    read() {},
    write(bytes: Buffer, _, done) {
      answer(bytes, line);
      done();
    },
  });
  return line;
}

const says = (text: string) => lineThat((_, line) => line.push(Buffer.from(text, 'latin1')));
const closing = (text: string) =>
  lineThat((_, line) => {
    line.push(Buffer.from(text, 'latin1'));
    setImmediate(() => line.destroy(new UserError('tcp://there closed the connection')));
  });
const silence = 'no answer from the device within 1.5 s';
const baudRate = expect.stringContaining('baud rate');

test.concurrent.each<[string, () => Duplex, string, unknown]>([
  ['nothing', () => lineThat(() => {}), silence, baudRate],
  [
    'echo',
    () => lineThat((bytes, line) => line.push(bytes)),
    `${silence}: the line sends back what it is sent`,
    expect.stringContaining('RX and TX'),
  ],
  [
    'an echo, late and in pieces',
    () =>
      lineThat((bytes, line) =>
        setImmediate(() => {
          for (const byte of bytes) line.push(Buffer.of(byte));
        }),
      ),
    `${silence}: the line sends back what it is sent`,
    expect.stringContaining('RX and TX'),
  ],
  [
    'chatter',
    () => says('\r\nI (1234) wifi: connected\r\n'),
    `${silence}, but a text: 'I (1234) wifi: connected'`,
    expect.stringContaining('firmware'),
  ],
  [
    'a long text, with control characters',
    () => says(`\x1b[31m${'long '.repeat(100)}\x07\n`),
    `${silence}, but a text: '${`[31m${'long '.repeat(100)}`.slice(0, 60)}…'`,
    expect.stringContaining('another program'),
  ],
  [
    'rubbish',
    () => says('\x80\x00\xf8\x01'),
    expect.stringMatching(/but \d+ other bytes: 80 00 f8 01 80 00 f8 01 …$/) as unknown as string,
    baudRate,
  ],
  [
    'a web server',
    () => closing('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    "tcp://there closed the connection after it had said 'HTTP/1.1 400 Bad Request'",
    expect.stringContaining('web server'),
  ],
  [
    'a port in use',
    () => closing('Port already in use\r\n'),
    "tcp://there closed the connection after it had said 'Port already in use'",
    expect.stringContaining('close the other program'),
  ],
  [
    'a telnet port in use',
    () =>
      closing(
        '\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfe\x01\xff\xfd\x00\xff\xfb\x00Port already in use\r\n',
      ),
    "tcp://there closed the connection after it had said 'Port already in use'",
    expect.stringContaining('close the other program'),
  ],
  ['silence that ends', () => closing(''), 'tcp://there closed the connection', undefined],
  ['rubbish that ends', () => closing('\x80\x00\xf8'), 'tcp://there closed the connection', undefined],
])('%s', async (_, open, message, hint) => {
  const line = open();
  expect(await outcome(Link.open(line, { patience: 1500 }))).toMatchObject({
    name: 'UserError',
    message,
    hint,
  });
  line.destroy();
});

test.each([
  ['a banner', '\r\nser2net port 3001 device /dev/ttyUSB0 [115200N81] (Debian GNU/Linux)\r\n\r\n'],
  ['a negotiation', '\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01'],
])('%s before the device speaks is no more than that', async (_, text) => {
  const line = new ChangingLine({});
  line.inject(Buffer.from(text, 'latin1'));
  const link = await Link.open(line);
  expect(await link.request('statistics', {})).toMatchObject({ damaged: 0 });
  link.close();
  line.destroy();
});

const question = { patience: 30_000, sent: Buffer.from([0, 1, 2, 3]), kind: undefined };
const rubbish = Uint8Array.of(0xf0, 0x80, 0x91, 0xff);

test('a line that falls silent behind a few bytes may be stopped', () => {
  const unanswered = new Unanswered();
  unanswered.ask();
  unanswered.hear(rubbish);
  for (let n = 0; n < 10; n++) unanswered.ask();
  expect(unanswered.explain(question)).toMatchObject({
    message: 'no answer from the device within 30 s: 4 other bytes (f0 80 91 ff), then nothing more',
    hint: expect.stringContaining('software flow control'),
  });
});

test('one that says rubbish again and again is not', () => {
  const unanswered = new Unanswered();
  for (let n = 0; n < 20; n++) {
    unanswered.ask();
    unanswered.hear(rubbish);
  }
  expect(unanswered.explain(question)).toMatchObject({
    message: 'no answer from the device within 30 s, but 80 other bytes: f0 80 91 ff f0 80 91 ff …',
    hint: expect.stringContaining('baud rate'),
  });
});
