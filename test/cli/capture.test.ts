import { describe, expect, test } from 'vitest';
import { SensorAtHand } from '../capture/sensor-at-hand.js';
import { hasPython } from '../devices/pseudo-terminal.js';
import { jsonLines, start } from './command.js';
import { eqpropHere } from './in-process.js';
import { rowsOf, startOnTerminal } from './on-terminal.js';

const HEADER = 'label,c0t0,c0t1,c1t0,c1t1\n';

const hand = new SensorAtHand();

const words = (...more: readonly string[]) => {
  const flags = ['--port', hand.sensor.path, '--window', '2', '--out', hand.out, ...more];
  return ['capture', ...(more.includes('--label') ? [] : ['--label', 'wave']), ...flags];
};

/** Starts it with `more` flags, and prints once it listens. */
async function capturing(print: string, ...more: readonly string[]) {
  const running = start(words(...more));
  await running.shows('listening');
  hand.sensor.write(print);
  return running;
}

describe.skipIf(!hasPython)('capture', () => {
  hand.forEachTest();

  test('on no terminal: what was left out, and one line at the end', async () => {
    const running = await capturing('x\n1,2\n3,4\n5\x1b[2J,6,7\n6,7\n8,9\n', '--rows', '2', '--stride', '1');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\S+gestures\.csv: wave 2 rows, (\S+ lines\/s, )?1 line skipped, 1 damaged, in the file: wave 2; shape 2x1x2\n$/,
    );
    expect(stderr).toBe(
      `listening to ${hand.sensor.path} at 115,200 baud for wave; Ctrl-C ends it, and keeps all\n` +
        "left out  '5[2J,6,7': not as many numbers as other lines\n",
    );
    expect(hand.written).toBe(`${HEADER}wave,1,3,2,4\nwave,6,8,7,9\n`);
  });

  test('interrupted: it ends well where nothing else ends it, with 130 where something does', async () => {
    for (const [more, status] of [
      [[], 0],
      [['--rows', '9'], 130],
    ] as const) {
      const running = await capturing('x\n1,2\n3,4\n', '--json', ...more);
      await running.shows('"rows":1');
      running.interrupt();
      const { code, stdout } = await running.ended;
      expect(code).toBe(status);
      expect(jsonLines(stdout).at(-1)).toMatchObject({ kind: 'captured', rows: 1, ending: 'interrupted' });
    }
    expect(hand.written).toBe(`${HEADER}${'wave,1,3,2,4\n'.repeat(2)}`);
  });

  test('killed: whole rows are there, and the next capture goes on', async () => {
    const running = await capturing('x\n1,2\n3,4\n5,6\n', '--json');
    await running.shows('"rows":1');
    running.kill();
    await running.ended;
    expect(hand.written).toBe(`${HEADER}wave,1,3,2,4\n`);
    const again = await capturing(
      'x\n1,2\n3,4\n',
      '--json',
      '--rows',
      '1',
      '--label',
      'idle',
      '--stride',
      '5',
    );
    const { code, stdout } = await again.ended;
    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ kind }) => kind)).toEqual(['listening', 'rows', 'captured']);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      label: 'idle',
      ...{ window: 2, stride: 5, channels: 2, rows: 1, labels: { wave: 1, idle: 1 }, ending: 'rows' },
    });
  });

  test('unplugged: what there is, then the error', async () => {
    const running = await capturing('x\n1,2\n3,4\n', '--json');
    await running.shows('"rows":1');
    await hand.sensor.end();
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ kind: 'captured', rows: 1, ending: 'error' });
    expect(stderr).toMatch(/^error: the port \S+ disconnected\n +was the device unplugged or reset\?\n$/);
    expect(hand.written).toBe(`${HEADER}wave,1,3,2,4\n`);
  });

  test.skipIf(process.platform !== 'linux')('no room on the disk: told, and rows stay whole', async () => {
    await (await capturing('x\n1,2\n3,4\n', '--rows', '1')).ended;
    const running = start(words('--stride', '1'), { fileLimit: 1 });
    await running.shows('listening');
    hand.sensor.write(`x\n${'1.2345,-2.3456\n'.repeat(60)}`);
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: could not write .*gestures\.csv: a file may not grow so large\n +make room/,
    );
    const [begin, rest] = hand.written.split('wave,1,3,2,4\n');
    expect({ begin, rest }).toEqual({
      begin: HEADER,
      rest: expect.stringMatching(/^(wave,1\.2345,1\.2345,-2\.3456,-2\.3456\n)*$/),
    });
    expect(stdout).toMatch(new RegExp(`wave ${rest.split('\n').length - 1} rows?, `));
  });

  test('nothing captured is an error that says why', async () => {
    const running = await capturing('x\n1,2\n3,4\n', '--seconds', '0.3', '--window', '60');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: nothing was captured: no window was filled\n +\w/);
  });

  test('on a terminal: counts as it goes', async () => {
    const running = startOnTerminal(100, words());
    await running.shows('listening');
    hand.sensor.write('x\n1,2\n3,4\n');
    await running.shows('wave  1 row');
    running.type('\x03');
    const { code, sent } = await running.ended;
    expect(code).toBe(0);
    expect(rowsOf(sent).join('\n')).toContain('gestures.csv: wave 1 row, ');
  });

  test('another form than the file has: refused before the port is opened', async () => {
    await (await capturing('x\n1,2\n3,4\n', '--rows', '1')).ended;
    const { code, stderr } = await eqpropHere(...words('--group', 'person1'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /error: the rows of .* name no group\n +leave --group out, or name another file/,
      ),
    });
  });
});

test.each(['--port', '--label', '--window', '--out'])('%s is needed', async (flag) => {
  const all = ['--port', 'x', '--label', 'wave', '--window', '2', '--out', 'x.csv'];
  const at = all.indexOf(flag);
  const { code, stderr } = await eqpropHere('capture', ...all.slice(0, at), ...all.slice(at + 2));
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`required option '${flag}`) });
});
