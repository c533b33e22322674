/** Builds from nothing: the compiler makes its own libraries first. */
import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { boardsFolder, readBoard } from '#host/firmware/board';
import { buildFirmware, findFirmware } from '#host/firmware/build';
import { contents, roomForBuilds } from '../firmware/builds.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

const { folder, ownBoard, ownCache } = roomForBuilds();

test.each(['pico', 'riscv-virt'])(
  '%s: the same bytes, whatever folder they are built in, and no name of it',
  async (id) => {
    const built = [];
    for (const place of ['here', 'there and not there']) {
      ownCache(`${id} ${place}`);
      const firmware = await buildFirmware(readBoard(id));
      expect(findFirmware(readBoard(id))).toEqual(firmware);
      built.push(contents(firmware));
      vi.unstubAllEnvs();
    }
    const [first, second] = built;
    expect(Object.keys(first)).toEqual(Object.keys(second));
    for (const [kind, bytes] of Object.entries(first)) {
      expect(second[kind] === bytes, kind).toBe(true);
      for (const place of [folder, homedir(), boardsFolder])
        expect(bytes.includes(place), `${kind} names ${place}`).toBe(false);
    }
    expect(first.map).toMatch(/^\s*[0-9a-f]+ .* libcompiler_rt\.a\(\S+\.o\):\(/m);
  },
  PATIENCE,
);

describe('in a cache of its own', () => {
  const board = readBoard('mps2-an386');
  let cache: string;
  let first: ReturnType<typeof contents>;
  beforeAll(async () => {
    cache = ownCache('own');
    first = contents(await buildFirmware(board));
  }, PATIENCE);
  beforeEach(() => void vi.stubEnv('EQPROP_CACHE', cache));

  test('C that says what the compiler says of its own damage: it forgets nothing', async () => {
    const memory = join(cache, 'zig');
    writeFileSync(join(memory, 'mark'), '');
    const unsupported = ownBoard(
      'unsupported',
      board.id,
      'uart.c',
      (text) => `${text}\n#error Unsupported\n`,
    );
    await expect(buildFirmware(unsupported)).rejects.toThrow(/the compiler failed:[\s\S]*error: Unsupported/);
    expect(readdirSync(memory)).toContain('mark');
  });

  test.each([
    ['libraries', 'o', 5000],
    ['notes', 'h', 60],
  ])(
    'the compiler’s own %s cut off: it forgets them',
    async (_, part, length) => {
      rmSync(join(cache, 'firmware'), { recursive: true });
      // The compiler may have forgotten all in the test before.
      await buildFirmware(board);
      rmSync(join(cache, 'firmware'), { recursive: true });
      const damaged = readdirSync(join(cache, 'zig', part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      expect(damaged).not.toEqual([]);
      for (const file of damaged) if (statSync(file).size > length) truncateSync(file, length);
      expect(contents(await buildFirmware(board))).toEqual(first);
    },
    PATIENCE,
  );
});
