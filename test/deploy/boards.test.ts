/** A deployed library on each board's emulator: its answers and its digest are the host's. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deployedFrom } from '#host/deploy/deployed';
import { libraryOf } from '#host/deploy/library';
import { type Board, readBoard } from '#host/firmware/board';
import { buildProgram, type Image } from '#host/firmware/build';
import { answerOf } from '../firmware/answers.js';
import { canRun, PATIENCE } from '../firmware/emulators.js';
import { temporaryFolder } from '../runs/small-data.js';
import { exampleOf, HostNetwork, savedRun } from './deployed.js';

const CLASSES = 5;
const INPUTS = 144;
const MINIBATCH = 4;
const EXAMPLES = 20 * MINIBATCH;
const ANSWER_BYTES = 16;

const folder = temporaryFolder();
afterAll(() => folder.remove());

const saved = savedRun({
  settings: { network: '12x12-16-5', relaxation: 'exact', minibatch: MINIBATCH, rates: [0.2, 0.1] },
  picture: { rows: 12, columns: 12 },
});
const examples = Array.from({ length: EXAMPLES }, (_, n) => exampleOf(2000 + n, INPUTS, CLASSES));

function examplesHeader(): string {
  const rows = examples.map(({ inputs, label }) => `  {{${inputs}}, ${label}},`);
  return `#define EXAMPLES ${EXAMPLES}
static const struct {
  eqprop_feature features[EQPROP_FEATURES];
  int label;
} examples[] = {
${rows.join('\n')}
};
`;
}

/** The answer that a board must give. */
function expected(learns: boolean) {
  const deployed = deployedFrom(saved, learns ? {} : undefined);
  const host = new HostNetwork(deployedFrom(saved, {}).recipe);
  host.load(saved.parameters, deployed.digest, deployed.step);
  let sum = 0;
  const note = (value: number) => {
    sum = (Math.imul(sum, 31) + value) >>> 0;
  };
  examples.forEach(({ inputs }, n) => {
    for (const value of host.predict(inputs)) note(value);
    if (!learns) return;
    const isLast = n % MINIBATCH === MINIBATCH - 1;
    note(isLast ? 1 : 0);
    if (isLast) host.train(examples.slice(n - MINIBATCH + 1, n + 1));
  });
  return { digest: BigInt.asUintN(64, host.digest), step: host.step, sum };
}

async function image(board: Board, learns: boolean): Promise<Image> {
  const { files } = await libraryOf(deployedFrom(saved, learns ? {} : undefined));
  const program = new Map<string, Uint8Array>([
    ['main.c', readFileSync(new URL('board-main.c', import.meta.url))],
    ...[...files].map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]),
    ['examples.h', Buffer.from(examplesHeader())],
  ]);
  return buildProgram(board, program, mkdtempSync(join(folder.path, `${board.id}-`)));
}

async function ask(board: Board, image: Image) {
  const answer = await answerOf(board, image, ANSWER_BYTES);
  return {
    digest: answer.readBigUInt64LE(0),
    step: answer.readUInt32LE(8),
    sum: answer.readUInt32LE(12),
  };
}

describe.each(['pico', 'mps2-an386', 'riscv-virt', 'lm3s6965evb'])('%s', (id) => {
  const board = readBoard(id);
  test.skipIf(!canRun(board)).each([
    ['predicts', false],
    ['learns', true],
  ])(
    '%s as the host does',
    async (_, learns) => {
      expect(await ask(board, await image(board, learns))).toEqual(expected(learns));
    },
    PATIENCE,
  );
});
