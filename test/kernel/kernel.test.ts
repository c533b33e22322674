import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Helpers } from '#host/kernel/helpers';
import { portableModule } from '#host/kernel/kernel';
import { Tensor } from '#host/link/schema';
import { anyCase, configured, Kernel, tensor, trained, Witness } from './networks.js';

const ARENA = 1 << 20;

describe('the kernel against its BigInt witness', () => {
  it('draws the same weights, settles in the same states and learns the same parameters', () => {
    const kernel = new Kernel(ARENA);
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const witness = new Witness(drawn.settings);
        configured(kernel, drawn);
        const { digest } = kernel.execute('initialise', { limits: drawn.limits.map(Number) });
        witness.initialise(drawn.limits);
        expect(digest).toBe(witness.parameterDigest());
        drawn.steps.forEach((step, at) => {
          const reply = trained(kernel, at, step);
          witness.train(step);
          const units = drawn.settings.sizes.slice(1).reduce((sum, size) => sum + size, 0);
          step.images.forEach((_, slot) => {
            expect(tensor(kernel, Tensor.free, slot, units)).toEqual(witness.free[slot].flat());
            expect(tensor(kernel, Tensor.plus, slot, units)).toEqual(witness.plus[slot].flat());
            expect(tensor(kernel, Tensor.minus, slot, units)).toEqual(witness.minus[slot].flat());
          });
          witness.weights.forEach((matrix, k) => {
            expect(tensor(kernel, Tensor.weights, k, matrix.length)).toEqual(matrix);
            expect(tensor(kernel, Tensor.biases, k + 1, witness.biases[k].length)).toEqual(witness.biases[k]);
          });
          expect([...reply.predictions]).toEqual(witness.predictions());
          expect(reply.cost).toBe(witness.cost(step.labels));
          expect(reply.weights).toBe(witness.parameterDigest());
          expect(reply.states).toBe(witness.stateDigest());
          expect(reply.saturations).toBe(witness.saturations);
          expect(reply.step).toBe(at + 1);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same bits in the dense form of the portable module', () => {
    const fast = new Kernel(ARENA);
    const slow = new Kernel(ARENA, undefined, portableModule());
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const limits = drawn.limits.map(Number);
        configured(fast, drawn);
        configured(slow, drawn, true);
        fast.execute('initialise', { limits });
        slow.execute('initialise', { limits });
        drawn.steps.forEach((step, at) => {
          expect(trained(slow, at, step)).toEqual(trained(fast, at, step));
        });
      }),
      { numRuns: 300 },
    );
  });

  it.each([2, 3, 5])('gives the same bits on %i threads', async (threads) => {
    const alone = new Kernel(ARENA);
    const team = new Kernel(ARENA);
    const helpers = await Helpers.start(team, threads);
    expect(team.helpers).toBe(threads - 1);
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const limits = drawn.limits.map(Number);
        for (const kernel of [alone, team]) {
          configured(kernel, drawn);
          kernel.execute('initialise', { limits });
        }
        drawn.steps.forEach((step, at) => {
          expect(trained(team, at, step)).toEqual(trained(alone, at, step));
        });
      }),
      { numRuns: 100 },
    );
    await helpers.close();
  });

  it('lets threads come between two configurations, and refuses them where memory is not shared', async () => {
    const [drawn] = fc.sample(anyCase, { numRuns: 1, seed: 3 });
    const limits = drawn.limits.map(Number);
    const alone = new Kernel(ARENA);
    const team = new Kernel(ARENA);
    const teach = (kernel: Kernel) => {
      configured(kernel, drawn);
      kernel.execute('initialise', { limits });
      return drawn.steps.map((step, at) => trained(kernel, at, step));
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
    await expect(Helpers.start(new Kernel(ARENA, undefined, portableModule()), 2)).rejects.toThrow(
      'its memory is its own',
    );
  });
});
