import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCHeader } from '#host/export/c-header';
import { identifier } from '#host/export/model';
import { smallModel } from './model.js';

const hasCompiler = spawnSync('cc', ['--version']).status === 0;

describe('C header', () => {
  it('keeps lines short and closes its guard', () => {
    const header = toCHeader(smallModel());
    expect(Math.max(...header.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(header).toContain('#ifndef EQPROP_H\n#define EQPROP_H\n');
    expect(header).toMatch(/#endif \/\* EQPROP_H \*\/\n$/);
    expect(header).toContain('static const int16_t eqprop_weights_0[5 * 4] = {');
    expect(header).toContain('static const int32_t eqprop_biases_2[3] = {');
    expect(header).toContain('0x0123456789abcdef');
  });

  it.each([
    ['eqprop', 'eqprop'],
    ['784-500-10', 'network_784_500_10'],
    ['demo run/7', 'demo_run_7'],
    ['*/ evil', 'network_evil'],
    ['', 'network'],
    ['état', 'network_tat'],
  ])('makes an identifier of %j', (name, expected) => {
    expect(identifier(name)).toBe(expected);
  });

  it('refuses parameters that do not fit the layers', () => {
    const model = smallModel();
    expect(() => toCHeader({ ...model, layers: [5, 4] })).toThrow(/2 layers with 2 weight matrices/);
    expect(() => toCHeader({ ...model, layers: [5, 4, 2] })).toThrow(/connection 1 from 4 to 2 units has 12/);
  });

  describe.skipIf(!hasCompiler)('compiled', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'eqprop-header-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(['eqprop', '*/ int 784'])('carries the numbers of a model named %j', (name) => {
      const model = smallModel(name);
      const prefix = identifier(name);
      const macro = prefix.toUpperCase();
      writeFileSync(join(folder, 'model.h'), toCHeader(model));
      const arrays = ['weights_0', 'biases_1', 'weights_1', 'biases_2'].map((array) => `${prefix}_${array}`);
      const sums = arrays.map(
        (array) => `
  { long long sum = 0;
    for (unsigned i = 0; i < sizeof ${array} / sizeof *${array}; i++) sum += (long long)(i + 1) * ${array}[i];
    printf("%lld\\n", sum); }`,
      );
      writeFileSync(
        join(folder, 'main.c'),
        `#include "model.h"\n#include "model.h"\n#include <stdio.h>\nint main(void) {${sums.join('')}
  printf("%d %d %d %d %d %d\\n", ${macro}_LAYERS, ${macro}_SIZE_0, ${macro}_SIZE_1, ${macro}_SIZE_2,
    ${macro}_WEIGHT_FRACTION, ${macro}_DRIVE_FRACTION);
  return 0; }\n`,
      );
      const program = join(folder, 'program');
      const flags = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
      const compiled = spawnSync('cc', [...flags, '-o', program, join(folder, 'main.c')], {
        encoding: 'utf8',
      });
      expect(compiled.stderr).toBe('');
      const lines = spawnSync(program, { encoding: 'utf8' }).stdout.trim().split('\n');
      const weighted = (values: Int16Array | Int32Array) =>
        Array.from(values).reduce((sum, value, i) => sum + value * (i + 1), 0);
      const { weights, biases } = model;
      expect(lines).toEqual([
        ...[weights[0], biases[0], weights[1], biases[1]].map((values) => String(weighted(values))),
        '3 5 4 3 13 27',
      ]);
    });
  });
});
