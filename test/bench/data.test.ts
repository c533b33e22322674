/** The benchmark of data sets: all learn the same examples, and what is missing is left out by its name. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const RUN = fileURLToPath(new URL('../../bench/data/run.mjs', import.meta.url));
const hasScikit = spawnSync('/usr/bin/python3', ['-c', 'import sklearn']).status === 0;

function bench(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(process.execPath, [RUN, '--seeds', '1', ...args], { encoding: 'utf8', env });
}

/** Cells of the table's last row. */
function lastRow(table: string): readonly string[] {
  return (table.trim().split('\n').at(-1) ?? '').split('|').map((cell) => cell.trim());
}

describe('the benchmark of data sets', () => {
  test('tells our error by the recipe that the data gives, but for what is changed', () => {
    const { stdout, status } = bench(['--ours', '--changes', '{"epochs":3}', 'easy gestures']);
    expect(status).toBe(0);
    expect(lastRow(stdout).slice(1, -1)).toEqual([
      'easy gestures',
      '1,200 × 300',
      '4',
      '600-64-4, 3',
      '0.00',
      '–',
      '–',
    ]);
  });

  test.skipIf(!hasScikit)(
    'has peers, which learn the same: backpropagation hard gestures, linear not (needs scikit-learn)',
    () => {
      const { stdout, status } = bench(['--changes', '{"epochs":3}', 'hard gestures']);
      expect(status).toBe(0);
      const [backprop, linear] = lastRow(stdout).slice(-3, -1).map(Number);
      expect(backprop).toBeLessThanOrEqual(1);
      expect(linear).toBeGreaterThanOrEqual(10);
    },
  );

  test('leaves out by name what is not installed, and names the package', () => {
    const { stdout, stderr, status } = bench(['--ours', 'letters'], { ...process.env, PATH: '/nowhere' });
    expect(status).toBe(0);
    expect(stderr).toMatch(/letters is left out: LetterRecognition of R's mlbench is missing/);
    expect(stderr).toMatch('apt install r-cran-mlbench');
    expect(stdout).not.toMatch('letters');
  });

  test('refuses a set that there is not', () => {
    const { stderr, status } = bench(['--ours', 'letter']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: there is no set 'letter'/);
  });
});
