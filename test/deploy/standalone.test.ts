/** Firmware that needs no host, in boards' emulators: its answers and what it learns are the host's. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { deployedFrom } from '#host/deploy/deployed';
import type { Deployed } from '#host/deploy/network-c';
import { readRequests } from '#host/endpoint/index';
import { type Board, readBoard } from '#host/firmware/board';
import { decimals } from '#host/ground/index';
import { Model } from '#host/prediction/model';
import { verifyLockstep } from '#host/runs/index';
import { Tensor } from '#host/wire/index';
import { canRun, PATIENCE } from '../firmware/emulators.js';
import { smallRecipe, TRAINING, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { savedRun } from './deployed.js';
import { gestures, hostOf, inputsOf, readings } from './folders.js';
import { type Conversation, talkTo, writeImage } from './standalone.js';

const saved = savedRun(gestures);
const NAMES = gestures.extras?.classNames ?? [];
const { step } = deployedFrom(saved);
const GREETING = '! test, 2x1x6-10-3: ';
const temporary = temporaryFolder();
afterAll(() => temporary.remove());

const line = (n: number) => readings(n).join(n % 2 === 0 ? ',' : '\t');
const labelOf = (n: number) => n % NAMES.length;
const labelled = (n: number) => `${line(n)} ${NAMES[labelOf(n)]}`;
const model = new Model(saved);
/** A row's line as `eqprop predict` prints it. */
const predicted = (n: number) => {
  const { class: name, score } = model.predict(readings(n));
  return `${name} ${decimals(score, 3)}`;
};

/** Images of the network that only predicts, and of the one that learns, each built once a board. */
const images = new Map<string, Promise<string>>();

function imageOf(deployed: Deployed, board: Board): Promise<string> {
  const key = `${board.id} ${deployed.learns}`;
  const image = images.get(key) ?? writeImage(deployed, board, temporary.path);
  images.set(key, image);
  return image;
}

const digestOf = ({ digest }: { readonly digest: bigint }) =>
  BigInt.asUintN(64, digest).toString(16).padStart(16, '0');

describe.each(['pico', 'pico:usb', 'riscv-virt', 'netduinoplus2'])('%s', (spec) => {
  const id = spec.replace(':usb', '');
  const board = readBoard(id);
  describe.skipIf(!canRun(board))('', () => {
    describe('a network that only predicts', () => {
      let image: string;
      let talk: Conversation;
      beforeAll(async () => {
        image = await imageOf(deployedFrom(saved), board);
        talk = await talkTo(board, image, spec);
      }, PATIENCE);
      afterAll(() => talk?.close());

      test('greets', async () => {
        expect(await talk.hear()).toBe(`${GREETING}predicts, step ${step}`);
      });

      test('answers as eqprop predict does', async () => {
        for (let n = 0; n < 20; n++) expect(await talk.ask(line(n))).toBe(predicted(n));
      });

      test('says that it does not learn', async () => {
        expect(await talk.ask(labelled(3))).toBe(predicted(3));
        expect(await talk.hear()).toBe('! not learnt: this network only predicts');
        expect(await talk.ask('!save')).toBe('! not saved: this network only predicts');
        const host = '\0HELLO';
        expect(await talk.ask(host)).toBe('! no device that a host trains: it takes lines of features');
      });
    });

    describe('a network that learns', () => {
      let talk: Conversation;
      const deployed = deployedFrom(saved, {});
      const host = hostOf({ saved, deployed, path: '', files: [] });
      const state = (waiting: number) =>
        expect.stringContaining(`! step ${host.step}, digest ${digestOf(host)}, waiting ${waiting} of 4, `);
      beforeAll(async () => {
        talk = await talkTo(board, await imageOf(deployed, board), spec);
      }, PATIENCE);
      afterAll(() => talk?.close());

      test('greets', async () => {
        const kept = id === 'riscv-virt' ? 'learns, keeps nothing' : 'nothing saved, as deployed';
        expect(await talk.hear()).toBe(`${GREETING}${kept}, step ${step}`);
      });

      test('learns minibatches of labelled lines to the host’s digest', async () => {
        expect(await talk.ask('!state')).toEqual(state(0));
        for (let n = 0; n < 12; n++) {
          const [label] = host.predict(inputsOf(readings(n)));
          expect(await talk.ask(labelled(n))).toMatch(new RegExp(`^${NAMES[label]} [01]\\.\\d{3}$`));
          if (n % 4 !== 3) continue;
          host.train(
            [n - 3, n - 2, n - 1, n].map((k) => ({ inputs: inputsOf(readings(k)), label: labelOf(k) })),
          );
          expect(await talk.hear()).toBe(`! learnt step ${host.step}`);
        }
        expect(host.step).toBe(step + 3);
        expect(await talk.ask('!state')).toEqual(state(0));
      });

      test('says what is wrong with a line, and learns nothing of it', async () => {
        await talk.ask(labelled(1));
        for (const [bad, answer] of [
          ['1,2,3', '! too few numbers: 3 of 6'],
          ['1,,3,4,5,6', '! a number is missing: 1 of 6'],
          ['1,2,three,4,5,6', '! no class: three; a line has 6'],
          ['1,2,0x3,4,5,6', '! no number: 0x3; a line has 6'],
          ['1,2,3,4,5,6,8', '! no class: 8; a line has 6'],
          [`${line(1)};wave;7`, '! a second class: 7; a line has 6'],
          [`${'1'.repeat(80)}`, `! longer than a number or a name can be: ${'1'.repeat(63)}; a line has 6`],
          ['1,2,"3', '! quotes that do not end, or not with the word: 3; a line has 6'],
          ['!sage', '! no command: !sage; there are !save and !state'],
          [`!${'s'.repeat(40)}`, `! no command: !${'s'.repeat(14)}; there are !save and !state`],
        ])
          expect([bad, await talk.ask(bad)]).toEqual([bad, answer]);
        expect(await talk.ask('!state')).toEqual(state(1));
      });

      test('does not answer its own words, which a terminal that echoes sends back', async () => {
        talk.say('! too few numbers: 3 of 6\r\n! no command: !sage; there are !save and !state\r\n');
        expect(await talk.ask('!state')).toEqual(state(1));
      });

      test('says that an emulator’s flash keeps nothing, and goes on', async () => {
        expect(await talk.ask('!save')).toBe(
          {
            pico: '! not saved: the flash can not be written or read',
            'riscv-virt': '! not saved: this board has no place to keep it',
            netduinoplus2: '! not saved: the flash does not hold what was written',
          }[id],
        );
        expect(await talk.ask('!state')).toEqual(state(1));
      });
    });
  });
});

test.skipIf(!canRun(readBoard('mps2-an386')))(
  'what was saved is there after the power went, in the middle of the next save',
  async () => {
    const folder = join(temporary.path, 'with-flash');
    cpSync(readBoard('mps2-an386').folder, folder, { recursive: true });
    copyFileSync(fileURLToPath(new URL('ram-flash.h', import.meta.url)), join(folder, 'flash.h'));
    const toml = join(folder, 'board.toml');
    // Room for the flash.
    writeFileSync(toml, readFileSync(toml, 'utf8').replace('static = 5120', 'static = 16384'));
    const board = readBoard(folder);
    const deployed = deployedFrom(saved, {});
    const host = hostOf({ saved, deployed, path: '', files: [] });
    const talk = await talkTo(board, await writeImage(deployed, board, temporary.path, { saveEvery: 2 }));
    const learn = async (from: number) => {
      const numbers = [from, from + 1, from + 2, from + 3];
      for (const n of numbers) await talk.ask(labelled(n));
      host.train(numbers.map((n) => ({ inputs: inputsOf(readings(n)), label: labelOf(n) })));
      return talk.hear();
    };
    try {
      expect(await talk.hear()).toContain('nothing saved, as deployed');
      expect(await learn(0)).toBe(`! learnt step ${step + 1}`);
      expect(await learn(4)).toBe(`! learnt step ${step + 2}, saved step ${step + 2}`);
      const digest = digestOf(host);
      expect(await learn(8)).toBe(`! learnt step ${step + 3}`);
      expect(await talk.ask('!save')).toBe(`! saved step ${step + 3}`);
      const newer = digestOf(host);
      expect(newer).not.toBe(digest);
      await talk.ask(labelled(12));
      expect(await talk.ask('!save')).toBe(`${GREETING}restored, step ${step + 3}`);
      expect(await talk.ask('!state')).toContain(`! step ${step + 3}, digest ${newer}, waiting 0 of 4, `);
      expect(await talk.ask('!save')).toBe(`! saved step ${step + 3}`);
    } finally {
      await talk.close();
    }
  },
  PATIENCE,
);

test(
  'lines that come faster than they are answered: the loss is told, and what is answered is right',
  async () => {
    const board = readBoard('pico');
    const talk = await talkTo(board, await imageOf(deployedFrom(saved), board));
    try {
      await talk.hear();
      const numbers = Array.from({ length: 400 }, (_, n) => n);
      talk.say(numbers.map((n) => `${line(n)}\n`).join(''));
      const answers: string[] = [];
      let losses = 0;
      for (let answer = await talk.hear(); !answer.startsWith('! step'); answer = await talk.hear()) {
        if (answer.startsWith('! bytes were lost')) {
          losses++;
          talk.say('\n!state\n');
        } else if (losses === 0) answers.push(answer);
      }
      expect(losses).toBeGreaterThan(0);
      expect(answers).toEqual(numbers.slice(0, answers.length).map(predicted));
      expect(await talk.ask(line(3))).toBe(predicted(3));
    } finally {
      await talk.close();
    }
  },
  PATIENCE,
);

describe.each(['pico', 'mps2-an386'])('%s, a host', (id) => {
  const board = readBoard(id);
  test.skipIf(!canRun(board))(
    'finds what was learnt',
    async () => {
      const deployed = deployedFrom(saved, {});
      const host = hostOf({ saved, deployed, path: '', files: [] });
      const talk = await talkTo(board, await imageOf(deployed, board));
      try {
        await talk.hear();
        const numbers = [0, 1, 2, 3];
        for (const n of numbers) await talk.ask(labelled(n));
        expect(await talk.hear()).toContain('! learnt step');
        host.train(numbers.map((n) => ({ inputs: inputsOf(readings(n)), label: labelOf(n) })));
        const link = await talk.link();
        expect(link.device).toMatchObject({ step: host.step, digest: BigInt.asUintN(64, host.digest) });
        const { weights } = host.parameters();
        const range = { tensor: Tensor.weights, index: 0, count: weights[0].length, width: 2 };
        const replies = await Promise.all(
          readRequests(range).map((request) => link.request('read', request)),
        );
        const bytes = Uint8Array.from(replies.flatMap(({ data }) => [...data]));
        expect(new Int16Array(bytes.buffer)).toEqual(weights[0]);
        link.close();
      } finally {
        await talk.close();
      }
    },
    PATIENCE,
  );

  test.skipIf(!canRun(board))(
    'takes the board over for a network of its own, bit for bit',
    async () => {
      writeSmallData(temporary.path, TRAINING, 8);
      const pictures = await loadDataset(temporary.path);
      const recipe = smallRecipe({ network: '8x8-12-4', minibatch: 4, rates: [0.2, 0.1] });
      const talk = await talkTo(board, await imageOf(deployedFrom(saved, {}), board));
      try {
        await talk.hear();
        await talk.ask(labelled(1));
        const on = (device: string) =>
          verifyLockstep(
            recipe,
            pictures,
            { device, options: { baudRate: 115_200 }, patience: 60_000 },
            3,
            () => undefined,
          );
        const [onBoard, simulated] = [await on(await talk.serve()), await on('simulated')];
        expect(onBoard).toMatchObject({ digest: simulated.digest, parameters: simulated.parameters });
        expect(onBoard.memory.stackUsed).toBeLessThan(onBoard.memory.stackSize);
      } finally {
        await talk.close();
      }
    },
    PATIENCE,
  );
});
