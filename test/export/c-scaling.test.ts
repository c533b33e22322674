/** The function of a header makes of raw integers the inputs that the host makes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCHeader } from '#host/export/c-header';
import { writeExport } from '#host/export/write-export';
import { randomKey, randomWord, type Scaling, scaleRaw, stepFor } from '#host/model/index';
import { smallModel } from './model.js';

const EXAMPLES = 2000;
const hasCompiler = spawnSync('cc', ['--version']).status === 0;

const ranges = [
  { least: -3.5, greatest: 4, whole: false },
  { least: -32_768, greatest: 32_767, whole: true },
  { least: 0, greatest: 1023, whole: true },
  { least: -1e9, greatest: 1e9, whole: true },
  { least: 7, greatest: 7, whole: true },
  { least: 1e-7, greatest: 2e-7, whole: false },
];
const of = (kind: Scaling['kind'], features: number): Scaling => ({
  kind,
  features,
  steps: ranges.map((range) => stepFor(range, kind)),
});

/** Integers of all sizes, the greatest among them. */
function rawIntegers(count: number): Int32Array {
  const key = randomKey(7, 9, 0);
  return Int32Array.from({ length: count }, (_, n) => {
    if (n % 97 === 0) return n % 2 === 0 ? -(2 ** 31) : 2 ** 31 - 1;
    return randomWord(key, n) >> (randomWord(key, count + n) & 31);
  });
}

describe.skipIf(!hasCompiler)('the input of a header, compiled', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqprop-scaling-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function build(scaling: Scaling, classNames: readonly string[], body: string): string {
    writeFileSync(join(folder, 'model.h'), toCHeader({ ...smallModel(), scaling, classNames }));
    const file = join(folder, 'main.c');
    writeFileSync(file, `#include "model.h"\n#include <stdio.h>\nint main(void) {${body}\n  return 0; }\n`);
    const program = join(folder, 'program');
    const flags = [
      '-std=c99',
      '-Wall',
      '-Wextra',
      '-Wpedantic',
      '-Werror',
      '-fsanitize=undefined',
      '-fno-sanitize-recover',
    ];
    const { stderr } = spawnSync('cc', [...flags, '-o', program, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return program;
  }

  it.each([
    of('unit', 6),
    of('signed', 6),
    of('signed', 18),
  ])('is that of the host: $kind, $features features', (scaling) => {
    const { features, kind } = scaling;
    const inputs = features * (kind === 'signed' ? 2 : 1);
    const program = build(
      scaling,
      ['one', 'two'],
      `
  int32_t raw[${features}];
  uint8_t input[${inputs}];
  while (fread(raw, sizeof raw, 1, stdin) == 1) {
    eqprop_input(raw, input);
    fwrite(input, sizeof input, 1, stdout);
  }`,
    );
    const raw = rawIntegers(EXAMPLES * features);
    const { stdout, stderr } = spawnSync(program, { input: Buffer.from(raw.buffer), maxBuffer: 1 << 26 });
    expect(stderr.toString()).toBe('');
    const wanted = new Uint8Array(EXAMPLES * inputs);
    for (let n = 0; n < EXAMPLES; n++)
      scaleRaw(
        scaling,
        raw.subarray(n * features, (n + 1) * features),
        wanted.subarray(n * inputs, (n + 1) * inputs),
      );
    expect(Buffer.compare(stdout, Buffer.from(wanted))).toBe(0);
    expect(new Set(wanted).size).toBeGreaterThan(200);
  });

  it('names classes, whatever is in a name', () => {
    const names = ['wave', 'a "b" \\ */ ??/', 'kreis: größe', '%d'];
    const program = build(of('unit', 6), names, '\n  for (int n = 0; n < 4; n++) puts(eqprop_classes[n]);');
    expect(spawnSync(program, { encoding: 'utf8' }).stdout.trimEnd().split('\n')).toEqual(names);
  });
});

describe('an export', () => {
  it('holds the scaling as an array, a row a step, and keeps the lines of its header short', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eqprop-scaling-'));
    try {
      const scaling = of('signed', 18);
      const files = await writeExport({ ...smallModel(), scaling }, folder);
      expect(files).toContain('scaling.npy');
      const bytes = readFileSync(join(folder, 'scaling.npy'));
      const numbers = new Int32Array(Uint8Array.from(bytes.subarray(bytes.length - 4 * 24)).buffer);
      expect([...numbers]).toEqual(
        scaling.steps.flatMap(({ fraction, offset, multiplier, shift }) => [
          fraction,
          offset,
          multiplier,
          shift,
        ]),
      );
      const lines = readFileSync(join(folder, 'eqprop.h'), 'utf8').split('\n');
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
      await writeExport(smallModel('plain'), folder);
      expect(readFileSync(join(folder, 'plain.h'), 'utf8')).not.toContain('plain_input');
      expect(readdirSync(folder)).toContain('plain.h');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
