/** A program that knows a network by its exported header alone settles where the kernel does. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EndpointTensors, readParameters } from '#host/endpoint/index';
import { toCHeader } from '#host/export/c-header';
import type { ExportedModel } from '#host/export/model';
import { hostModule } from '#host/kernel/index';
import { Kernel } from '#host/kernel/kernel';
import { KernelEndpoint } from '#host/kernel/kernel-endpoint';
import { coloursOf, formatsOf, graphOf, type Recipe } from '#host/model/index';
import { checkRecipe } from '#host/model/recipe-check';
import { Learner, MinibatchPlan, MinibatchSource } from '#host/training/index';
import { Tensor } from '#host/wire/index';
import { uniform } from '../reference/networks.js';

const EXAMPLES = 8;
const STEPS = 6;

const recipe = (changes: object) =>
  checkRecipe(
    {
      'free-iterations': 200,
      'nudged-iterations': 20,
      'initial-scale': 1.5,
      beta: 0.3,
      epochs: STEPS,
      minibatch: EXAMPLES,
      training: `0..${EXAMPLES}`,
      ...changes,
    },
    'recipe',
  );

const networks: readonly (readonly [string, Recipe])[] = [
  [
    'maximum, then average',
    recipe({
      network: '12x12-conv3x3m-conv2x4a-4',
      rates: [0.2, 0.02, 0.1],
      states: 'Q3.12',
      weights: 'Q1.14',
    }),
  ],
  [
    'stride, and states of 6 fractional bits',
    recipe({ network: '9x9-conv3x3s2-conv2x5-4', rates: [0.1, 0.1, 0.1], states: 'Q9.6', weights: 'Q1.14' }),
  ],
  [
    'padding, a maximum between hidden layers, connections past layers, formats of their own',
    recipe({
      network: '7x7-2x7x7-3x2x2-6-4',
      connections: [
        { from: 0, to: 1, kind: 'convolution', side: 3, padding: 1 },
        { from: 1, to: 2, kind: 'convolution', side: 3, padding: 1, stride: 2, pool: 2, maximum: 1 },
        { from: 2, to: 3, kind: 'dense' },
        { from: 3, to: 4, kind: 'dense' },
        { from: 1, to: 4, kind: 'dense' },
      ],
      rates: [0.1, 0.1, 0.1, 0.1, 0.1],
      states: 'Q3.12',
      weights: 'Q1.14,Q2.13,Q1.14,Q2.13,Q1.14',
    }),
  ],
];

interface Device {
  readonly model: ExportedModel;
  readonly images: Uint8Array;
  readonly predictions: readonly number[];
  readonly states: readonly (readonly number[])[];
}

async function trained(of: Recipe): Promise<Device> {
  const graph = graphOf(of);
  const formats = formatsOf(of);
  const draw = uniform(7);
  const images = Uint8Array.from({ length: EXAMPLES * graph.inputs }, () => Math.max(0, draw(-200, 256)));
  const labels = Uint8Array.from({ length: EXAMPLES }, (_, n) => n % graph.outputs);
  const endpoint = new KernelEndpoint(new Kernel(1 << 20, undefined, hostModule(formats.storage)));
  const learner = new Learner(endpoint, of);
  const source = new MinibatchSource({ count: EXAMPLES, images, labels }, graph.inputs);
  const plan = new MinibatchPlan(of);
  await learner.configure();
  await learner.initialise();
  for (let step = 0; step < STEPS; step++) {
    const indices = plan.examplesOf(step);
    await learner.stage(source.take(indices));
    await learner.train(step, indices.length, plan.ratesOf(step, indices.length));
  }
  await learner.stage(source.take(Uint32Array.from({ length: EXAMPLES }, (_, n) => n)));
  const { predictions, unsettled } = await learner.evaluate(EXAMPLES, of['free-iterations']);
  expect(unsettled).toBe(0);
  const tensors = new EndpointTensors(endpoint);
  const parameters = await readParameters(tensors, graph, formats.storage);
  const states: number[][] = [];
  for (let index = 0; index < EXAMPLES; index++) {
    const bytes = await tensors.read([{ tensor: Tensor.free, index, count: graph.units, width: 2 }]);
    states.push([...new Int16Array(bytes.buffer)]);
  }
  const model = { name: 'm', network: of.network, graph, formats, ...parameters, digest: 0n, step: STEPS };
  return { model, images, predictions: [...predictions], states };
}

/** What the header's comment says, made C: by its own arrays, functions and numbers. */
function program({ model: { graph }, images }: Pick<Device, 'model' | 'images'>, comment: string): string {
  const { layers, connections } = graph;
  const last = layers.length - 1;
  const round = /state = (.*), clipped to 0 \.\.\. (\d+)/.exec(comment);
  const pixel = /becomes the state pixel << (\d+)/.exec(comment);
  const bias = /int32_t drive = (bias.*);/.exec(comment);
  const named = (words: RegExp) => (words.exec(comment)?.[1] ?? '').split(', ');
  const greatest = named(/Connections ([\d, ]+): sum over i for each p by itself/);
  const pooled = [...greatest, ...named(/Connections ([\d, ]+): for each p too/)];
  const chooses = (k: number) => greatest.includes(String(k));
  const places = (k: number) => (pooled.includes(String(k)) ? 'p < 4' : 'p < 1');
  const weight = (k: number) =>
    comment.includes(`m_element_${k}(`)
      ? `(m_element_${k}(i, j, p) < 0 ? 0 : m_weights_${k}[m_element_${k}(i, j, p)])`
      : `m_weights_${k}[i * M_SIZE_${connections[k].post} + j]`;
  const term = (k: number, unit: string, layer: number) =>
    `(uint32_t)${weight(k)} * (uint32_t)(s${layer}[${unit}] << M_SHIFT_${k})`;
  const sumOver = connections.map(
    ({ pre }, k) => `
static int32_t sum_${k}(int32_t j, int32_t p) {
  uint32_t sum = 0;
  (void)p;
  for (int32_t i = 0; i < M_SIZE_${pre}; i++) sum += ${term(k, 'i', pre)};
  return (int32_t)sum;
}
${
  chooses(k)
    ? `static int32_t place_${k}(int32_t j) {
  int32_t best = 0;
  for (int32_t p = 1; p < 4; p++) if (sum_${k}(j, p) > sum_${k}(j, best)) best = p;
  return best;
}`
    : ''
}`,
  );
  const into = (layer: number) =>
    connections.flatMap(({ post }, k) => {
      if (post !== layer) return [];
      return chooses(k)
        ? [`drive += (uint32_t)sum_${k}(j, place_${k}(j));`]
        : [`for (int32_t p = 0; ${places(k)}; p++) drive += (uint32_t)sum_${k}(j, p);`];
    });
  const back = (layer: number) =>
    connections.flatMap(({ pre, post }, k) => {
      if (pre !== layer) return [];
      const only = chooses(k) ? `if (p == place[j])` : '';
      return [
        `{ const int32_t i = u; int32_t place[M_SIZE_${post}]; (void)place;
      ${chooses(k) ? `for (int32_t j = 0; j < M_SIZE_${post}; j++) place[j] = place_${k}(j);` : ''}
      for (int32_t j = 0; j < M_SIZE_${post}; j++) for (int32_t p = 0; ${places(k)}; p++) ${only} drive += ${term(k, 'j', post)}; }`,
      ];
    });
  const settle = (layer: number) => `
    for (int32_t u = 0; u < M_SIZE_${layer}; u++) {
      const int32_t j = u; (void)j;
      const int32_t bias = m_biases_${layer}[u % (sizeof m_biases_${layer} / sizeof *m_biases_${layer})];
      uint32_t drive = (uint32_t)(${bias?.[1]});
      ${into(layer).join('\n      ')}
      ${back(layer).join('\n      ')}
      next[u] = clip((int32_t)drive);
    }
    for (int32_t u = 0; u < M_SIZE_${layer}; u++) { changed |= next[u] != s${layer}[u]; s${layer}[u] = next[u]; }`;
  return `#include "model.h"
#include <stdio.h>
#include <string.h>
static const unsigned char images[] = {${images}};
${layers.map((_, k) => `static int32_t s${k}[M_SIZE_${k}];`).join('\n')}
static int32_t next[1024];
static int32_t clip(int32_t drive) {
  const int32_t state = ${round?.[1]};
  return state < 0 ? 0 : state > ${round?.[2]} ? ${round?.[2]} : state;
}
${sumOver.join('\n')}
int main(void) {
  for (int n = 0; n < ${EXAMPLES}; n++) {
    for (int32_t u = 0; u < M_SIZE_0; u++) s0[u] = images[n * M_SIZE_0 + u] << ${pixel?.[1]};
    ${layers
      .slice(1)
      .map((_, k) => `memset(s${k + 1}, 0, sizeof s${k + 1});`)
      .join(' ')}
    for (int changed = 1; changed;) {
    changed = 0;
    ${coloursOf(graph)
      .flatMap((colour) => colour.map(settle))
      .join('\n')}
    }
    int best = 0;
    for (int j = 1; j < M_SIZE_${last}; j++) if (s${last}[j] > s${last}[best]) best = j;
    printf("%d", best);
    ${layers
      .slice(1)
      .map((_, k) => `for (int u = 0; u < M_SIZE_${k + 1}; u++) printf(" %d", (int)s${k + 1}[u]);`)
      .join('\n    ')}
    printf("\\n");
  }
  return 0;
}
`;
}

const hasCompiler = spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!hasCompiler)('a header of convolutions', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqprop-header-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(networks)('%s: predicts and settles as the kernel does', async (_, of) => {
    const device = await trained(of);
    const header = toCHeader(device.model);
    writeFileSync(join(folder, 'model.h'), header);
    writeFileSync(join(folder, 'main.c'), program(device, header));
    const flags = ['-std=c99', '-O1', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];
    const built = spawnSync('cc', [...flags, '-o', join(folder, 'program'), join(folder, 'main.c')], {
      encoding: 'utf8',
    });
    expect(built.stderr).toBe('');
    const lines = spawnSync(join(folder, 'program'), { encoding: 'utf8' }).stdout.trim().split('\n');
    expect(lines.map((line) => line.split(' ').map(Number))).toEqual(
      device.states.map((states, n) => [device.predictions[n], ...states]),
    );
    // Units at neither end, or the test would show little.
    const one = 2 ** device.model.formats.states.fraction;
    const between = device.states.flat().filter((state) => state > 0 && state < one);
    expect(between.length).toBeGreaterThan(EXAMPLES);
  });

  it('is no list of joins', async () => {
    const header = toCHeader((await trained(networks[0][1])).model);
    expect(header).not.toContain('_joins_');
    expect(header).toContain('3 x 3 x 1 weights for each of 3 channels');
    expect(Math.max(...header.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
  });
});
