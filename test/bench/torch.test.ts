/** The PyTorch peer is a script that someone names: nothing of this computer is assumed. */
import { afterEach, expect, test, vi } from 'vitest';
import { findTorch } from '../../bench/host/peers/torch.js';

afterEach(() => vi.unstubAllEnvs());

test.each([
  undefined,
  '',
])('without a script the peer is absent, and both ways to name one are told', async (set) => {
  vi.stubEnv('EQPROP_TORCH_SCRIPT', set);
  expect(await findTorch(undefined)).toMatch(/^no script is named: --torch-script or EQPROP_TORCH_SCRIPT /);
});

test('a script that is not there is an error that says who named it', async () => {
  vi.stubEnv('EQPROP_TORCH_SCRIPT', 'no/such.py');
  await expect(findTorch(undefined)).rejects.toMatchObject({
    message: 'there is no file no/such.py',
    hint: expect.stringMatching(/^EQPROP_TORCH_SCRIPT takes/),
  });
  await expect(findTorch('nor/this.py')).rejects.toMatchObject({
    message: 'there is no file nor/this.py',
    hint: expect.stringMatching(/^--torch-script takes/),
  });
});
