import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCHeader } from '#host/export/c-header';
import { type ExportedModel, identifier } from '#host/export/model';
import type { WeightArray } from '#host/model/index';
import { chain } from '../reference/networks.js';
import { smallModel } from './model.js';

const sixteen = { weights: 'Q2.13', states: 'Q1.14', numbers: ['13 13 0 0', '14 27 27', '2 4'] };
const eight = { weights: 'Q0.7,Q2.5', states: 'Q3.12', numbers: ['7 5 0 2', '12 19 19', '1 4'] };
const thirtyTwo = { weights: 'Q9.22,Q7.24', states: 'Q13.18', numbers: ['22 24 2 0', '18 42 24', '4 4'] };

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
    expect(() => toCHeader({ ...model, graph: chain([5, 4]) })).toThrow(
      '2 layers and 1 connections with 2 weight matrices and 2 bias vectors',
    );
    expect(() => toCHeader({ ...model, graph: chain([5, 4, 2]) })).toThrow(
      'connection 1 has 12 weights, not 8',
    );
  });

  describe.skipIf(!hasCompiler)('compiled', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'eqprop-header-'));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** What a program prints that includes the header, line by line. */
    function run(model: ExportedModel, main: string): readonly string[] {
      writeFileSync(join(folder, 'model.h'), toCHeader(model));
      const source = `#include "model.h"\n#include "model.h"\n#include <inttypes.h>\n#include <stdio.h>\n`;
      writeFileSync(join(folder, 'main.c'), `${source}int main(void) {${main}\n  return 0; }\n`);
      const program = join(folder, 'program');
      const flags = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
      const compiled = spawnSync('cc', [...flags, '-o', program, join(folder, 'main.c')], {
        encoding: 'utf8',
      });
      expect(compiled.stderr).toBe('');
      return spawnSync(program, { encoding: 'utf8' }).stdout.trim().split('\n');
    }

    it.each([
      ['eqprop', sixteen],
      ['*/ int 784', sixteen],
      ['eight', eight],
      ['thirty_two', thirtyTwo],
    ])('carries the numbers of a model named %j', (name, { numbers, ...names }) => {
      const model = smallModel(name, names);
      const prefix = identifier(name);
      const macro = prefix.toUpperCase();
      const arrays = ['weights_0', 'biases_1', 'weights_1', 'biases_2'].map((array) => `${prefix}_${array}`);
      const sums = arrays.map(
        (array) => `
  { long long sum = 0;
    for (unsigned i = 0; i < sizeof ${array} / sizeof *${array}; i++) sum += (long long)(i + 1) * ${array}[i];
    printf("%lld\\n", sum); }`,
      );
      const lines = run(
        model,
        `${sums.join('')}
  printf("%d %d %d %d\\n", ${macro}_LAYERS, ${macro}_SIZE_0, ${macro}_SIZE_1, ${macro}_SIZE_2);
  printf("%d %d %d %d\\n", ${macro}_WEIGHT_FRACTION_0, ${macro}_WEIGHT_FRACTION_1, ${macro}_SHIFT_0, ${macro}_SHIFT_1);
  printf("%d %d %d\\n", ${macro}_STATE_FRACTION, ${macro}_DRIVE_FRACTION, ${macro}_BIAS_FRACTION);
  printf("%d %d\\n", (int)sizeof *${prefix}_weights_0, (int)sizeof *${prefix}_biases_1);`,
      );
      const weighted = (values: WeightArray) =>
        Array.from(values).reduce((sum, value, i) => sum + value * (i + 1), 0);
      const { weights, biases } = model;
      expect(lines).toEqual([
        ...[weights[0], biases[0], weights[1], biases[1]].map((values) => String(weighted(values))),
        '3 5 4 3',
        ...numbers,
      ]);
    });

    it.each([
      ['16', sixteen],
      ['8', eight],
      ['32', thirtyTwo],
    ])('tells how a state of a network of %s bits is computed', (_, { weights, states }) => {
      const model = smallModel('m', { weights, states });
      const { formats } = model;
      const one = 2 ** formats.states.fraction;
      const below = [200, 0, 17, 255, 3].map((pixel) => (pixel * one) / 256);
      const above = [one, Math.floor(one / 3), 5];
      // The comment's own words for layer 1, made C.
      const comment = toCHeader(model);
      const words = (pattern: RegExp) => pattern.exec(comment)?.[1] ?? '';
      const inC = (text: string) =>
        text
          .replace(/^ \* +/gm, '')
          .replace('for each i in layer k - 1:', 'for (int i = 0; i < 5; i++)')
          .replace('for each m in layer k + 1:', 'for (int m = 0; m < 3; m++)')
          .replaceAll('{k-1}', '0')
          .replaceAll('size_{k+1}', 'M_SIZE_2')
          .replaceAll('{k+1}', '2')
          .replace(/(SHIFT|size|weights|biases)_k/g, '$1_1')
          .replace(/(weights|biases)_(\d)/g, 'm_$1_$2')
          .replaceAll('SHIFT', 'M_SHIFT')
          .replaceAll('size_1', 'M_SIZE_1');
      const drive = inC(words(/( \* {3}int\d+_t drive[\s\S]*?;)\n \* {3}(?:SHIFT_k|The last)/));
      const state = words(/state = (.*), clipped/);
      const type = `int${formats.states.bits}_t`;
      const lines = run(
        model,
        `
  const ${type} state_0[] = {${below}}, state_2[] = {${above}};
  for (int j = 2; j < 4; j++) { ${drive}
  printf("%" PRId64 " %" PRId64 "\\n", (int64_t)drive, (int64_t)(${state})); }`,
      );
      const real = (values: WeightArray, i: number, fraction: number) => values[i] / 2 ** fraction;
      const expected = [2, 3].map((j) => {
        const [w0, w1] = formats.weights.map(({ fraction }) => fraction);
        const sum =
          real(model.biases[0], j, formats.biases.fraction) +
          below.reduce((s, rate, i) => s + real(model.weights[0], i * 4 + j, w0) * (rate / one), 0) +
          above.reduce((s, rate, m) => s + real(model.weights[1], j * 3 + m, w1) * (rate / one), 0);
        return `${sum * 2 ** formats.drives.fraction} ${Math.floor(sum * one + 0.5)}`;
      });
      expect(lines).toEqual(expected);
    });
  });
});
