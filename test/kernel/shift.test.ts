/** When images are moved: once for each TRAIN that runs, and for nothing else. */
import { describe, expect, test } from 'vitest';
import { hostModule, portableModule } from '#host/kernel/index';
import { joinLayers, placeLayers } from '#host/model/graph';
import { encodeGraph } from '#host/model/graph-records';
import { shifted } from '#host/model/shift';
import { Nudging, packImage, type RequestOf } from '#host/wire/index';
import { Kernel } from './networks.js';

const input = { channels: 2, rows: 6, columns: 5 };
const PIXELS = 60;
const SLOTS = 8;
const SHIFT = { shift: 3, seed: 1 };
const GAIN = (20 << 16) | 50000;
const rates = [GAIN, 0, GAIN];

const layers = placeLayers([input, { channels: 4, rows: 1, columns: 1 }]);
const dense = { pre: 0, post: 1, kind: 'dense', fixed: false, words: {} } as const;
const request: RequestOf<'configure'> = {
  ...{ seed: SHIFT.seed, epsilon: 2048, nudge: 1024, freeIterations: 5, nudgedIterations: 5, batch: SLOTS },
  ...{ stateFraction: 13, relaxation: 1, rounding: 0, options: 0, inputScale: 4, shift: 0 },
  ...{ noise: 0, noiseForm: 0, margin: 0, inputPull: 0, pixelSpikes: 0 },
  ...encodeGraph(joinLayers(layers, [dense], 1), [13]),
};

const images = Uint8Array.from({ length: SLOTS * PIXELS }, (_, i) => (i * 37) % 251);

describe.each([
  ['the portable build', portableModule],
  ['the host’s build', hostModule],
])('%s', (_, module) => {
  function open(shift: number): Kernel {
    const kernel = new Kernel(1 << 16, undefined, module());
    kernel.execute('configure', { ...request, shift });
    kernel.execute('initialise', { limits: [1 << 23] });
    return kernel;
  }
  function stage(kernel: Kernel, all: Uint8Array): void {
    for (let slot = 0; slot < SLOTS; slot++)
      kernel.execute('sample', {
        slot,
        label: slot % 4,
        image: packImage(all.subarray(slot * PIXELS, (slot + 1) * PIXELS)),
      });
  }
  const train = (kernel: Kernel, step: number, gains = rates) =>
    kernel.execute('train', { step, samples: SLOTS, nudging: Nudging.centered, rates: gains });

  test('trains on images that move anew each step, as it does on those moved before they came', () => {
    const [there, here] = [open(SHIFT.shift), open(0)];
    for (let step = 0; step < 4; step++) {
      stage(there, images);
      stage(here, shifted(images, input, SHIFT, step));
      expect(train(there, step)).toEqual(train(here, step));
    }
  });

  test('leaves images alone where a minibatch is refused, and moves them once after that', () => {
    const [refused, straight] = [open(SHIFT.shift), open(SHIFT.shift)];
    stage(refused, images);
    stage(straight, images);
    expect(() => train(refused, 1)).toThrow(expect.objectContaining({ error: 'stepGap' }));
    expect(() => train(refused, 0, [0, 0, 0])).toThrow(expect.objectContaining({ error: 'badGain' }));
    expect(() => train(refused, 0, [GAIN])).toThrow(expect.objectContaining({ error: 'badLength' }));
    const reply = train(straight, 0);
    expect(train(refused, 0)).toEqual(reply);
    expect(() => train(refused, 0)).toThrow(expect.objectContaining({ error: 'alreadyApplied' }));
    expect(() => train(refused, 1)).toThrow(expect.objectContaining({ error: 'missingSample' }));
  });

  test('evaluates images as they are', () => {
    const [there, here] = [open(SHIFT.shift), open(0)];
    for (const kernel of [there, here]) stage(kernel, images);
    const evaluate = (kernel: Kernel) => kernel.execute('evaluate', { iterations: 20, samples: SLOTS });
    expect(evaluate(there)).toEqual(evaluate(here));
  });
});
