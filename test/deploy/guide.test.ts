/** The guide's lines, as they stand: from a run to a sketch, to a program for Linux, to a Pico that learns alone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExampleForm, placesIn } from '#host/data/example';
import { preparationOf } from '#host/data/index';
import { deployedFrom } from '#host/deploy/deployed';
import { readBoard } from '#host/firmware/board';
import { decimals } from '#host/ground/index';
import { loadModel } from '#host/prediction/index';
import { loadResult } from '#host/records/index';
import { MAIN, start } from '../cli/command.js';
import { temporaryFolder } from '../runs/small-data.js';
import { HostNetwork } from './deployed.js';
import { CPP, has, run as runProgram, stubs } from './folders.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;
const guide = readFileSync(fileURLToPath(new URL('../../docs/deploying.md', import.meta.url)), 'utf8');
const [, section = ''] = /^## Three lines each$([\s\S]*?)^## /m.exec(guide) ?? [];
const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, lines]) => lines.split('\n'));

const temporary = temporaryFolder();
const at = (...path: readonly string[]) => join(temporary.path, ...path);
/** As a run is named that nobody gives a name. */
const NAME = 'fitted-2026-01-31-235959';
const run = at('runs', NAME);
afterAll(() => temporary.remove());

/** Puts a program on the PATH of the guide's lines. */
function install(name: string, script: string): void {
  const path = at('tools', name);
  writeFileSync(path, `#!/bin/bash\nset -euo pipefail\n${script}\n`);
  chmodSync(path, 0o755);
}

const environment = () => ({ ...process.env, PATH: `${at('tools')}${delimiter}${process.env.PATH}` });

/** Runs a line of the guide in the temporary folder, `…` being the run's number. */
function follow(line: string): { readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line.replaceAll('fitted-…', NAME)], {
    cwd: temporary.path,
    env: environment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
  return { stdout, stderr };
}

let rows: readonly string[];
beforeAll(() => {
  mkdirSync(at('tools'));
  install('npx', `[ "$1" = eqprop ]; shift; exec '${process.execPath}' '${MAIN}' "$@"`);
  const examples = fileURLToPath(new URL('../../examples/gestures.mjs', import.meta.url));
  follow(`'${process.execPath}' '${examples}' > gestures.csv`);
  rows = readFileSync(at('gestures.csv'), 'utf8').trimEnd().split('\n').slice(1);
  follow(`npx eqprop train --data gestures.csv --epochs 1 --out runs/${NAME} --quiet`);
}, PATIENCE);

const FEATURES = 300;
const numbersOf = (row: string) => row.split(',').slice(0, FEATURES).map(Number);
const classOf = (row: string) => row.split(',')[FEATURES];
/** A row's answer, from before anything is learnt: the class where it is sure. */
function expectPredicted(answers: readonly string[], of: readonly string[]): void {
  const model = loadModel(run);
  expect(answers).toHaveLength(of.length);
  of.forEach((row, n) => {
    const { class: name, score } = model.predict(numbersOf(row));
    expect([`${name} ${decimals(score, 3)}`, `? ${decimals(score, 3)}`]).toContain(answers[n]);
  });
}

test('there are three ways of three lines', () => {
  expect(blocks.map(({ length }) => length)).toEqual([3, 3, 3]);
});

describe('a sketch', () => {
  const [lines] = blocks;
  test(
    'compiles, and predicts and learns (skipped where there is no g++)',
    ({ skip }) => {
      if (!has('g++')) return skip('there is no g++');
      const core = join(stubs, 'arduino');
      // In the place of arduino-cli, with a core that has a serial port alone: the same words, and one compiler more.
      install(
        'arduino-cli',
        `case "$1 $2" in
"core install") [ "$3" = arduino:mbed_rp2040 ] ;;
"compile --fqbn")
  [ "$3 $4" = "arduino:mbed_rp2040:pico --library" ]
  [ -f "$5/library.properties" ]
  for source in "$5"/src/*.c; do gcc -std=c99 -O1 -c "$source" -o "$source.o"; done
  g++ ${CPP.join(' ')} -fno-exceptions -I'${core}' -I"$5/src" -include Arduino.h -x c++ "$6/$(basename "$6").ino" '${core}/main.cpp' \\
    -x none "$5"/src/*.o -o sketch ;;
*) exit 1 ;;
esac`,
      );
      for (const line of lines) follow(line);
      const some = rows.slice(0, 10);
      const plain = some.map((row) => numbersOf(row).join(','));
      const { stdout } = runProgram(at('sketch'), [], `${[...plain, ...some].join('\n')}\n`);
      const answers = stdout.trimEnd().split('\n');
      expectPredicted(answers.slice(0, some.length), some);
      expect(answers.at(-1)).toMatch(/^learnt minibatch \d+$/);
    },
    PATIENCE,
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('a program for Linux', () => {
  const [, [deploy, serve, ask]] = blocks;
  test(
    'serves a host',
    async () => {
      follow(deploy);
      const port = String(await freePort());
      const device = spawn('bash', ['-c', `exec ${serve.replace('7777 &', port)}`], { cwd: temporary.path });
      try {
        // It tells its address when it listens.
        await once(device.stdout, 'data');
        expect(follow(ask.replace('7777', port)).stdout).toMatch(
          /^test: \d+ of 240 wrong, .*; \d+ replies equal$/m,
        );
      } finally {
        device.kill();
        await once(device, 'close');
      }
    },
    PATIENCE,
  );
});

describe('a Pico', () => {
  const [, , [deploy, emulate, flash]] = blocks;
  beforeAll(() => {
    follow(deploy);
  }, PATIENCE);

  const feed = (lines: readonly string[]) => {
    writeFileSync(at('new-rows.csv'), `${lines.join('\n')}\n`);
    return follow(emulate).stdout.trimEnd().split('\n');
  };

  test(
    'learns alone, in its emulator, to the host’s digest',
    () => {
      const saved = loadResult(run);
      const { recipe, parameters, digest, step } = deployedFrom(saved, {});
      const host = new HostNetwork(recipe);
      host.load(parameters, digest, step);
      const model = loadModel(run);
      const form = new ExampleForm(placesIn(model.picture, model.order), preparationOf(saved.state).scaling);
      const size = recipe.minibatch;
      const some = rows.slice(0, 2 * size);
      for (const from of [0, size])
        host.train(
          some.slice(from, from + size).map((row) => {
            const inputs = new Uint8Array(form.inputs);
            form.write(numbersOf(row), 0, inputs);
            return { inputs, label: model.classes.indexOf(classOf(row)) };
          }),
        );
      // USB makes the sender of such a line wait.
      const long = some[0].replaceAll(',', `,${' '.repeat(24)}`);
      expect(long.length).toBeGreaterThan(readBoard('pico').uart.window);
      const answers = feed([long, ...some.slice(1), '1,2,3', '!save']);
      expect(answers[0]).toMatch(
        /^! fitted-2026-01-31-235959, 2x1x300-\d+-4: nothing saved, as deployed, step \d+$/,
      );
      expectPredicted(answers.slice(1, size + 1), some.slice(0, size));
      expect(answers[size + 1]).toBe(`! learnt step ${step + 1}`);
      expect(answers[2 * size + 2]).toBe(`! learnt step ${step + 2}`);
      expect(answers.slice(2 * size + 3)).toEqual([
        '! too few numbers: 3 of 300',
        // The emulator programs no flash.
        '! not saved: the flash can not be written or read',
        expect.stringContaining(
          `! step ${step + 2}, digest ${BigInt.asUintN(64, host.digest).toString(16).padStart(16, '0')}, waiting 0 of ${size}, `,
        ),
      ]);
    },
    PATIENCE,
  );

  test(
    'is behind TCP where others are to reach it',
    async () => {
      const port = await freePort();
      const emulator = start(['emulate', at('board'), '--port', String(port)]);
      await emulator.shows('takes it over with');
      const client = connect(port, '127.0.0.1');
      client.write('!state\n');
      const [answer] = await once(createInterface({ input: client }), 'line');
      client.destroy();
      emulator.interrupt();
      const { code, stdout } = await emulator.ended;
      expect(answer).toMatch(/^! step \d+, digest [0-9a-f]{16}, waiting 0 of /);
      expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, `tcp://127.0.0.1:${port}`]);
    },
    PATIENCE,
  );

  test(
    'a zero byte, which would hand it over to a host, is refused',
    () => {
      expect(() => feed([rows[0], `${rows[1]}\0`])).toThrow(/error: line 2 has a zero byte in it\n/);
    },
    PATIENCE,
  );

  test('is flashed by its tool, with the image that was deployed', () => {
    install('picotool', `[ "$1" = load ]; cmp "\${@: -1}" board/firmware.uf2; touch flashed`);
    // A board that happens to be here is left alone.
    const { stdout } = follow(`${flash} --port /dev/nothing`);
    expect(stdout).toContain('flashed by picotool');
    expect(existsSync(at('flashed'))).toBe(true);
  });
});
