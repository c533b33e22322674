/** Folders that cannot be written to: a clear error, and what was saved before is there. */
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKPOINT } from '#host/records/checkpoint';
import { loadRun } from '#host/records/index';
import { begin, savedStates } from '../runs/runs.js';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { start } from './command.js';

const changes = { start: 'persistent', training: '0..250', validation: '250..300', epochs: 3 };
/** Nobody: root may write anywhere. */
const NOBODY = 65534;

let temporary: ReturnType<typeof temporaryFolder>;
let data: string;
let run: string;
let small: readonly string[];
let folders = 0;
const fresh = () => join(data, `run-${folders++}`);

beforeAll(async () => {
  temporary = temporaryFolder();
  data = temporary.path;
  writeSmallData(data);
  const preset = join(data, 'small.toml');
  writeFileSync(preset, stringify({ ...smallValues, ...changes }));
  small = ['--preset', preset, '--data', data, '--compare-every', '0'];
  run = fresh();
  let trained = 0;
  const interruptAt = ({ phase }: { readonly phase: string }) => phase === 'training' && ++trained === 20;
  await begin({ data, folder: run, recipe: smallRecipe(changes), interruptAt });
});
afterAll(() => temporary.remove());

const copy = () => {
  const folder = fresh();
  cpSync(run, folder, { recursive: true });
  return folder;
};

function expectAsSaved(folder: string): void {
  expect(loadRun(folder).state).toEqual(loadRun(run).state);
  expect(loadRun(folder).arrays).toEqual(loadRun(run).arrays);
  expect(savedStates(folder)).toEqual(savedStates(run));
}

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  test.each([
    [
      'the log being rewound',
      'metrics.jsonl.new',
      /error: could not write .*metrics\.jsonl: the disk is full\n +make room, or choose/,
    ],
    [
      'the report',
      'report.html.new',
      /error: could not write .*report\.html: the disk is full\n +make room, or choose/,
    ],
    [
      'a checkpoint',
      `${CHECKPOINT}.new`,
      /error: could not save .*checkpoint\.eqp: the disk is full\n +a checkpoint before it, if there is one, is untouched: make room/,
    ],
  ])('%s', async (_, name, message) => {
    const folder = copy();
    symlinkSync('/dev/full', join(folder, name));
    const { code, stderr } = await start(['train', '--resume', folder, '--quiet']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
    if (name !== 'report.html.new') expectAsSaved(folder);
    expect(readdirSync(folder)).not.toContain(name);
    expect((await start(['train', '--resume', folder, '--quiet']).ended).code).toBe(0);
  });

  test('the states: the checkpoint before is as it was', async () => {
    const folder = copy();
    // The states' file has more already than a file may have.
    const { code, stderr } = await start(['train', '--resume', folder], { fileLimit: 4 }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: could not save .*states-1\.eqp: a file may not grow so large\n +a checkpoint before it/,
    );
    expectAsSaved(folder);
    expect((await start(['train', '--resume', folder, '--quiet']).ended).code).toBe(0);
  });

  test('the configuration of a new run', async () => {
    const folder = fresh();
    cpSync(run, folder, { recursive: true });
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    symlinkSync('/dev/full', join(folder, 'config.json.new'));
    const { code, stderr } = await start(['train', ...small, '--out', folder]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: could not write .*config\.json: the disk is full\n/);
    expect((await start(['train', ...small, '--out', folder, '--epochs', '1', '--quiet']).ended).code).toBe(
      0,
    );
  });

  test('an export: the file before is as it was', async () => {
    const folder = fresh();
    expect((await start(['export', run, '--out', folder]).ended).code).toBe(0);
    const names = readdirSync(folder);
    const numbers = names.find((name) => name.endsWith('.json')) ?? '';
    const before = readFileSync(join(folder, numbers), 'utf8');
    symlinkSync('/dev/full', join(folder, `${numbers}.new`));
    const { code, stderr } = await start(['export', run, '--out', folder]).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/the disk is full\n +make room, or choose/),
    });
    expect(readFileSync(join(folder, numbers), 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(names);
  });
});

describe.skipIf(process.platform === 'win32')('a folder that may only be read', () => {
  const isRoot = process.getuid?.() === 0;
  const asNobody = (args: readonly string[]) => start(args, isRoot ? { user: NOBODY } : {}).ended;
  let folder: string;
  let usable = true;

  beforeAll(async () => {
    folder = copy();
    chmodSync(data, 0o755);
    chmodSync(folder, 0o555);
    // Where the program itself may not be read by others there is nothing to be tried.
    usable = (await asNobody(['--version'])).code === 0;
  });
  afterAll(() => chmodSync(folder, 0o755));

  test('is evaluated and exported from, but not gone on with', async (context) => {
    if (!usable) context.skip();
    expect((await asNobody(['evaluate', folder])).code).toBe(0);
    const resumed = await asNobody(['train', '--resume', folder]);
    expect(resumed.code).toBe(1);
    expect(resumed.stderr).toMatch(/error: could not write .*lock: it is not permitted\n/);
    expectAsSaved(folder);
  });

  test('takes no new run and no export', async (context) => {
    if (!usable) context.skip();
    for (const args of [
      ['train', ...small, '--out', join(folder, 'new')],
      ['export', folder, '--out', join(folder, 'new')],
    ]) {
      const { code, stderr } = await asNobody(args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: .*: it is not permitted\n +\w/);
    }
    expectAsSaved(folder);
  });
});
