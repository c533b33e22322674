/** A sensor on a pseudo-terminal; its file. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type CaptureCounts,
  type CaptureEvents,
  type CaptureOptions,
  capture,
  type Silence,
} from '#host/capture/index';
import { UserError } from '#host/ground/index';
import { hasPython } from '../devices/pseudo-terminal.js';
import { SensorAtHand } from './sensor-at-hand.js';

const hand = new SensorAtHand();

/** Captures what the sensor prints once the port is open. */
function captured(
  print: string,
  options: Partial<CaptureOptions> = {},
  events: CaptureEvents = {},
  signal?: AbortSignal,
) {
  return capture(
    {
      port: hand.sensor.path,
      baudRate: 115_200,
      label: 'wave',
      window: 2,
      stride: 1,
      out: hand.out,
      ...options,
    },
    {
      ...events,
      listening: () => {
        events.listening?.();
        hand.sensor.write(print);
      },
    },
    signal,
  );
}

describe.skipIf(!hasPython)('on a pseudo-terminal', () => {
  hand.forEachTest();

  test('two labels, with words, a cut first line and damaged lines between', async () => {
    const damaged: string[] = [];
    const first = await captured(
      '.5,7\r\naccX,accY\r\n1,10\r\n2,20\r\n3\r\n4,40\r\n5,50\r\n',
      { rows: 2 },
      {
        damaged: (line) => damaged.push(line),
      },
    );
    expect(first).toMatchObject({
      ending: 'rows',
      rows: 2,
      lines: 4,
      text: 2,
      damaged: 1,
      channels: 2,
      file: hand.out,
    });
    expect(damaged).toEqual(['3']);
    const second = await captured('x\n6 60\n7 70\n8 80\n', { rows: 1, label: 'idle' });
    expect(second).toMatchObject({ ending: 'rows', rows: 1, labels: { wave: 2, idle: 1 } });
    expect(hand.written).toBe('label,c0t0,c0t1,c1t0,c1t1\nwave,1,2,10,20\nwave,4,5,40,50\nidle,6,7,60,70\n');
  });

  test('interrupted: what was captured stays', async () => {
    const abortion = new AbortController();
    const heard = (_: CaptureCounts, rows: number) => rows > 0 && abortion.abort();
    const { ending, rows } = await captured('x\n1,2\n3,4\n', {}, { heard }, abortion.signal);
    expect({ ending, rows, lines: hand.written.split('\n').length }).toEqual({
      ending: 'interrupted',
      rows: 1,
      lines: 3,
    });
  });

  test('unplugged: told, and what was captured stays', async () => {
    const heard = (_: CaptureCounts, rows: number) => rows > 0 && void hand.sensor.end();
    const { ending, rows } = await captured('x\n1,2\n3,4\n', {}, { heard });
    expect(ending).toBeInstanceOf(UserError);
    expect(ending).toMatchObject({ message: `the port ${hand.sensor.path} disconnected` });
    expect(rows).toBe(1);
    expect(hand.written).toBe('label,c0t0,c0t1,c1t0,c1t1\nwave,1,3,2,4\n');
  });

  test('a sensor with other channels than the file has is refused, before it adds a row', async () => {
    await captured('x\n1,2\n3,4\n', { rows: 1 });
    const before = hand.written;
    const { ending, rows } = await captured('x\n1,2,3\n3,4,5\n5,6,7\n');
    expect(ending).toMatchObject({
      message: `the sensor prints 3 values a line ('3,4,5'), the windows in ${hand.out} have 2`,
      hint: expect.stringContaining('--out'),
    });
    expect({ rows, content: hand.written }).toEqual({ rows: 0, content: before });
  });

  /** Everything told of a sensor that prints this and nothing more. */
  async function silenceAfter(print: string): Promise<Silence> {
    const abortion = new AbortController();
    const told: Silence[] = [];
    const silent = (silence: Silence) => {
      told.push(silence);
      // The printed lines may come later than the first time that silence is told.
      if (silence.bytes === print.length) abortion.abort();
    };
    await captured(print, { patience: 20 }, { silent }, abortion.signal);
    return told[told.length - 1];
  }

  test('silent: told, with what came instead', async () => {
    expect(await silenceAfter('')).toMatchObject({ bytes: 0, line: undefined });
    expect(await silenceAfter('no end')).toMatchObject({ bytes: 6, line: undefined });
    expect(await silenceAfter('hello\nworld\n')).toMatchObject({ bytes: 12, line: 'world' });
  });

  test('for so long: nothing came, nothing is made', async () => {
    expect(await captured('', { duration: 30 })).toMatchObject({
      ending: 'duration',
      rows: 0,
      channels: undefined,
    });
    expect(existsSync(hand.out)).toBe(false);
  });

  test('a port in use, and a file that is something else, are refused at once', async () => {
    const abortion = new AbortController();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = captured('', {}, { listening: () => open() }, abortion.signal);
    await opened;
    await expect(captured('')).rejects.toMatchObject({ message: `${hand.sensor.path} is in use` });
    abortion.abort();
    await first;
    await expect(captured('', { out: hand.folder })).rejects.toThrow(UserError);
  });
});

test.each<[Partial<CaptureOptions>, string]>([
  [{ window: 0 }, 'window is 0'],
  [{ stride: 1.5 }, 'stride is 1.5'],
  [{ rows: 0 }, 'rows is 0'],
  [{ duration: -1 }, 'duration is -1 ms'],
  [{ label: 'a\nb' }, "the label 'ab' is empty, has spaces around it or characters that cannot be seen"],
  [{ group: '' }, "the group '' is empty, has spaces around it or characters that cannot be seen"],
  [{ port: 'simulated' }, 'a simulated device has no sensor'],
])('%o is refused', async (options, message) => {
  const usual = { port: '/dev/none', baudRate: 9600, label: 'wave', window: 2, stride: 1, out: 'none.csv' };
  await expect(capture({ ...usual, ...options }, {})).rejects.toMatchObject({ name: 'UserError', message });
});
