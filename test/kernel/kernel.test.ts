import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Helpers } from '#host/kernel/helpers';
import { hostModule, portableModule } from '#host/kernel/kernel';
import { Tensor } from '#host/wire/schema';
import type { Storage } from '#host/model/format';
import { anyCase, configured, Kernel, tensor, trained, Witness } from './networks.js';

const ARENA = 1 << 20;

describe.each<Storage>([8, 16, 32])('the kernel of %i bits against its BigInt witness', (storage) => {
  const fastest = () => new Kernel(ARENA, undefined, hostModule(storage));
  const portable = () => new Kernel(ARENA, undefined, portableModule(storage));

  it('draws the same weights, settles in the same states and learns the same parameters', () => {
    const kernel = fastest();
    fc.assert(
      fc.property(anyCase(storage), (drawn) => {
        const witness = new Witness(drawn.settings);
        configured(kernel, drawn);
        const { digest } = kernel.execute('initialise', { limits: drawn.limits.map(Number) });
        witness.initialise(drawn.limits);
        expect(digest).toBe(witness.parameterDigest());
        drawn.steps.forEach((step, at) => {
          const reply = trained(kernel, at, step, storage);
          witness.train(step);
          const units = drawn.settings.sizes.slice(1).reduce((sum, size) => sum + size, 0);
          step.images.forEach((_, slot) => {
            expect(tensor(kernel, Tensor.free, slot, units, storage)).toEqual(witness.free[slot].flat());
            expect(tensor(kernel, Tensor.plus, slot, units, storage)).toEqual(witness.plus[slot].flat());
            expect(tensor(kernel, Tensor.minus, slot, units, storage)).toEqual(witness.minus[slot].flat());
          });
          witness.weights.forEach((matrix, k) => {
            expect(tensor(kernel, Tensor.weights, k, matrix.length, storage)).toEqual(matrix);
            expect(tensor(kernel, Tensor.biases, k + 1, witness.biases[k].length, storage)).toEqual(
              witness.biases[k],
            );
          });
          expect([...reply.predictions]).toEqual(witness.predictions());
          expect(reply.cost).toBe(witness.cost(step.labels));
          expect(reply.weights).toBe(witness.parameterDigest());
          expect(reply.states).toBe(witness.stateDigest());
          expect(reply.saturations).toBe(witness.saturations);
          expect(reply.step).toBe(at + 1);
        });
      }),
      { numRuns: storage === 16 ? 400 : 150 },
    );
  });

  it('gives the same bits in the dense form of the portable module', () => {
    const fast = fastest();
    const slow = portable();
    fc.assert(
      fc.property(anyCase(storage), (drawn) => {
        const limits = drawn.limits.map(Number);
        configured(fast, drawn);
        configured(slow, drawn, true);
        fast.execute('initialise', { limits });
        slow.execute('initialise', { limits });
        drawn.steps.forEach((step, at) => {
          expect(trained(slow, at, step, storage)).toEqual(trained(fast, at, step, storage));
        });
      }),
      { numRuns: storage === 16 ? 300 : 150 },
    );
  });

  it.each([2, 3, 5])('gives the same bits on %i threads', async (threads) => {
    const alone = fastest();
    const team = fastest();
    const helpers = await Helpers.start(team, threads);
    expect(team.helpers).toBe(threads - 1);
    fc.assert(
      fc.property(anyCase(storage), (drawn) => {
        const limits = drawn.limits.map(Number);
        for (const kernel of [alone, team]) {
          configured(kernel, drawn);
          kernel.execute('initialise', { limits });
        }
        drawn.steps.forEach((step, at) => {
          expect(trained(team, at, step, storage)).toEqual(trained(alone, at, step, storage));
        });
      }),
      { numRuns: 100 },
    );
    await helpers.close();
  });

  it('lets threads come between two configurations, and refuses them where memory is not shared', async () => {
    const [drawn] = fc.sample(anyCase(storage), { numRuns: 1, seed: 3 });
    const limits = drawn.limits.map(Number);
    const alone = fastest();
    const team = fastest();
    const teach = (kernel: Kernel) => {
      configured(kernel, drawn);
      kernel.execute('initialise', { limits });
      return drawn.steps.map((step, at) => trained(kernel, at, step, storage));
    };
    const expected = teach(alone);
    expect(teach(team)).toEqual(expected);
    const first = await Helpers.start(team, 2);
    expect(teach(team)).toEqual(expected);
    await first.close();
    expect(team.helpers).toBe(0);
    expect(teach(team)).toEqual(expected);
    const second = await Helpers.start(team, 3);
    expect(teach(team)).toEqual(expected);
    await second.close();
    await expect(Helpers.start(portable(), 2)).rejects.toThrow('its memory is its own');
  });
});
