/** Lines of the real world that change bytes: a link does not open on them, and says why. */
import { afterEach, describe, expect, test } from 'vitest';
import { type DeviceLine, openDevice } from '#host/devices/index';
import { Link } from '#host/link/index';
import { hasPython, openPseudoTerminal } from './pseudo-terminal.js';
import { hasSer2net, type Ser2net, type Ser2netMode, serveSerial } from './ser2net.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An error, or the network that the device has: none. */
async function greet({ stream, kind }: DeviceLine): Promise<unknown> {
  try {
    const link = await Link.open(stream, { kind });
    const { configured } = link.device;
    expect(await link.request('statistics', {})).toMatchObject({ damaged: 0 });
    link.close();
    return configured;
  } catch (error) {
    return error;
  }
}

describe.skipIf(!hasSer2net)('ser2net', () => {
  async function start(mode: Ser2netMode): Promise<Ser2net> {
    const server = await serveSerial(mode);
    ends.push(server.end);
    return server;
  }

  async function openLine(server: Ser2net): Promise<DeviceLine> {
    const line = await server.open();
    ends.push(line.close);
    return line;
  }

  test.each<[string, Ser2netMode]>([
    ['raw', { accepter: 'tcp' }],
    [
      'raw, behind a banner',
      { accepter: 'tcp', banner: '\\r\\nser2net port \\p device \\d [\\B]\\r\\n\\r\\n' },
    ],
  ])('%s: a link opens', async (_, mode) => {
    expect(await greet(await openLine(await start(mode)))).toBe(0);
  });

  const telnet = {
    message:
      'the line changes what passes: to the device it drops 0xfd, 0xfe and 0xff: this is a telnet port; from the device it doubles 0xff: this is a telnet port',
    hint: "use the serial server's raw port (ser2net: accepter tcp, without telnet)",
  };
  test.each<[string, Ser2netMode, object]>([
    ['telnet', { accepter: 'telnet,tcp' }, telnet],
    ['telnet with RFC 2217', { accepter: 'telnet(rfc2217),tcp' }, telnet],
    [
      'raw with software flow control',
      { accepter: 'tcp', port: ',xonxoff' },
      {
        // The greeting's own bytes may hold a 0x13, which stops the line.
        message: expect.stringMatching(
          /from the device it drops 0x11 and 0x13: software flow control is on$|then nothing more$/,
        ),
        hint: expect.stringMatching(/^turn XON\/XOFF off in the serial server|software flow control/),
      },
    ],
  ])('%s: what is wrong is told', async (_, mode, error) => {
    expect(await greet(await openLine(await start(mode)))).toMatchObject(error);
  });

  test.each<[string, Ser2netMode]>([
    ['raw', { accepter: 'tcp' }],
    ['telnet', { accepter: 'telnet,tcp' }],
  ])('%s, with another host on it: what it says is told', async (_, mode) => {
    const server = await start(mode);
    await openLine(server);
    expect(await greet(await openLine(server))).toMatchObject({
      // Closed, or broken: the greeting may reach a server that has closed already.
      message: expect.stringMatching(
        / (closed|broke) the connection after it had said 'Port already in use'$/,
      ),
      hint: 'close the other program that has the device open',
    });
  });
});

describe.skipIf(!hasPython || process.platform !== 'linux')('a terminal', () => {
  const told = (ways: string) => ({ message: `the line changes what passes: ${ways}` });
  const newline = 'it translates newlines';
  test.each<[string, object | number]>([
    ['', 0],
    [
      'ixon',
      {
        // The greeting's own bytes may hold a 0x13: it stops the line before it is found out.
        message: expect.stringMatching(
          /from the device it drops 0x11 and 0x13: software flow control is on$|then nothing more$/,
        ),
      },
    ],
    ['istrip', told('from the device it clears the eighth bit of every byte: it has 7 bits a byte')],
    ['icrnl', told(`from the device it makes 0x0a of 0x0d: ${newline}`)],
    ['inlcr', told(`from the device it makes 0x0d of 0x0a: ${newline}`)],
    ['igncr', told(`from the device it drops 0x0d: ${newline}`)],
    ['opost onlcr', told(`to the device it puts 0x0d before 0x0a: ${newline}`)],
    ['opost ocrnl', told(`to the device it makes 0x0a of 0x0d: ${newline}`)],
    [
      'iuclc iexten',
      told(
        // Latin-1's letters, too.
        'from the device it makes 0xfe of 0xde, makes 0xfd of 0xdd, makes 0xfc of 0xdc, makes 0xfb of 0xdb and 52 others',
      ),
    ],
  ])('with %s', async (flags, expected) => {
    const terminal = await openPseudoTerminal(
      1 << 20,
      4096,
      flags.split(' ').filter((flag) => flag !== ''),
    );
    ends.push(terminal.end);
    const line = await openDevice(terminal.path, { baudRate: 115_200 });
    ends.push(line.close);
    const result = await greet(line);
    if (typeof expected === 'number') expect(result).toBe(expected);
    else expect(result).toMatchObject({ ...expected, hint: expect.stringMatching(/stty|any byte/) });
  });
});
