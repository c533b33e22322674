/** The example with a sensor's driver, on an emulated Pico whose I²C has a model of the sensor: what it sees is what `predict` does. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decimals } from '#host/ground/index';
import { loadModel, type Model } from '#host/prediction/index';
import { eqpropHere } from '../cli/in-process.js';
import { UsbHost } from '../firmware/usb-host.js';
import { temporaryFolder } from '../runs/small-data.js';
import { Lis3dh, type Motion } from './lis3dh.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const AXES = 3;
const WINDOW = 16;
const STRIDE = WINDOW / 2;
const program = fileURLToPath(new URL('../../examples/lis3dh', import.meta.url));

/** Noise of ±10, by its number alone. */
const noise = (n: number) => ((Math.imul(n + 1, 2_654_435_761) >>> 16) % 21) - 10;
const motions: Readonly<Record<string, Motion>> = {
  still: () => [0, 0, 1000],
  shake: (n) => [1800 * Math.sin(0.9 * n), -300 * Math.sin(0.9 * n), 1000],
  swing: (n) => [600 * Math.sin(0.2 * n), 20, 800 + 150 * Math.cos(0.2 * n)],
};
const sampleOf = (kind: string, n: number) =>
  motions[kind](n).map((value, axis) => Math.round(value) + noise(3 * n + axis));
/** A window as `eqprop capture` writes it, channel by channel. */
const windowOf = (kind: string, from: number) =>
  Array.from(
    { length: AXES * WINDOW },
    (_, k) => sampleOf(kind, from + (k % WINDOW))[Math.floor(k / WINDOW)],
  );

const temporary = temporaryFolder();
const at = (...path: readonly string[]) => join(temporary.path, ...path);
afterAll(() => temporary.remove());

async function eqprop(...words: readonly string[]): Promise<void> {
  const { code, stderr } = await eqpropHere(...words);
  if (code !== 0) throw new Error(`eqprop ${words.join(' ')}: ${stderr}`);
}

let image: Uint8Array;
let model: Model;
let greeting: string;
beforeAll(async () => {
  const columns = Array.from({ length: AXES * WINDOW }, (_, k) => `c${Math.floor(k / WINDOW)}t${k % WINDOW}`);
  const rows = Array.from({ length: 300 }, (_, n) => {
    const kind = Object.keys(motions)[n % 3];
    return [kind, ...windowOf(kind, 5000 + 7 * n)].join(',');
  });
  writeFileSync(at('motions.csv'), `${['label', ...columns].join(',')}\n${rows.join('\n')}\n`);
  await eqprop('train', '--data', at('motions.csv'), '--epochs', '2', '--out', at('run'), '--quiet');
  const target = ['--to', 'pico', '--out', at('board')];
  await eqprop('deploy', at('run'), ...target, '--program', program, '--threshold', 'none');
  image = readFileSync(at('board', 'firmware.bin'));
  model = loadModel(at('run'));
  greeting = '! run, ';
}, PATIENCE);

class Pico {
  readonly sensor: Lis3dh;
  readonly host: UsbHost;
  #taken = 0;

  constructor(motion: Motion, prepare: (sensor: Lis3dh) => void = () => undefined) {
    let sensor: Lis3dh | undefined;
    this.host = new UsbHost(image, (chip) => {
      sensor = new Lis3dh(chip, motion);
      prepare(sensor);
    });
    if (!sensor) throw new Error('the chip was not prepared');
    this.sensor = sensor;
  }

  /** The next line that the UART sends. */
  hear(): string {
    const end = () => this.host.uart.indexOf(10, this.#taken);
    this.host.until(() => end() >= 0, 'say a line');
    const line = Buffer.from(this.host.uart.slice(this.#taken, end())).toString().trimEnd();
    this.#taken = end() + 1;
    return line;
  }
}

const FOUND = '! the LIS3DH is there';

test.each(Object.keys(motions))(
  'sees what moves: %s',
  (kind) => {
    const pico = new Pico((n) => sampleOf(kind, n));
    expect(pico.hear()).toMatch(new RegExp(`^${greeting}.*: watches a LIS3DH$`));
    expect(pico.hear()).toBe(FOUND);
    for (let window = 0; window < 3; window++) {
      const { class: name, score } = model.predict(windowOf(kind, window * STRIDE));
      expect(pico.hear()).toBe(`${name} ${decimals(score, 3)}`);
      expect(name).toBe(kind);
    }
    expect(pico.sensor.missed).toBe(0);
    // SDA and SCL: I²C, pulled up.
    for (const pin of [4, 5]) {
      const { functionSelect, pullupEnabled, inputEnable } = pico.host.chip.gpio[pin];
      expect([functionSelect, pullupEnabled, inputEnable]).toEqual([3, true, true]);
    }
  },
  PATIENCE,
);

describe('what goes wrong is told once, and looked for again', () => {
  test.each([
    ['absent', '! nobody answers at 0x19: is the LIS3DH there, its SDO pin high?'],
    ['stuck', '! the bus does not move: are GP4 and GP5 SDA and SCL, with pull-ups?'],
    ['another chip', '! another chip than a LIS3DH answers at 0x19'],
  ] as const)('%s, from the start', (fault, told) => {
    const pico = new Pico(
      (n) => sampleOf('still', n),
      (sensor) => {
        sensor.fault = fault;
      },
    );
    pico.hear();
    expect(pico.hear()).toBe(told);
    pico.sensor.fault = undefined;
    expect(pico.hear()).toBe(FOUND);
    expect(pico.hear()).toMatch(/^still /);
  });

  test.each([
    ['absent', '! nobody answers at 0x19: is the LIS3DH there, its SDO pin high?'],
    ['stuck', '! the bus does not move: are GP4 and GP5 SDA and SCL, with pull-ups?'],
    ['no samples', '! the LIS3DH gives no samples: it is started anew'],
  ] as const)('%s, in the middle of a window', (fault, told) => {
    const pico = new Pico((n) => sampleOf('still', n));
    pico.hear();
    expect(pico.hear()).toBe(FOUND);
    pico.host.until(() => pico.sensor.made === 5, 'take samples');
    pico.sensor.fault = fault;
    expect(pico.hear()).toBe(told);
    // Its power was gone.
    pico.sensor.restart();
    pico.sensor.fault = undefined;
    expect(pico.hear()).toBe(FOUND);
    expect(pico.hear()).toMatch(/^still /);
  });
});

describe('--program', () => {
  const deploy = (...words: readonly string[]) =>
    eqpropHere('deploy', at('run'), '--out', at('other'), ...words);

  test('a folder without a main.c', async () => {
    mkdirSync(at('empty'));
    const { code, stderr } = await deploy('--to', 'pico', '--threshold', 'none', '--program', at('empty'));
    expect([code, stderr]).toEqual([
      1,
      `error: there is no main.c in ${at('empty')}\n       a program is a folder of C files; examples/lis3dh of the package is one\n`,
    ]);
  });

  test('for what is no board, and with what is for lines', async () => {
    const flags = ['--threshold', 'none', '--program', program];
    expect((await deploy('--to', 'wasm', ...flags)).stderr).toContain('error: --program is of firmware');
    expect((await deploy('--to', 'pico', '--learn', '--save-every', '3', ...flags)).stderr).toContain(
      'error: --save-every is for lines',
    );
  });
});
