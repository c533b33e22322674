import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addCheckingFlags } from '#host/cli/checking-flags';
import { addDeviceFlags, wholeNumber } from '#host/cli/device-flags';
import { resumeCommand } from '#host/cli/resume-hint';

function hint(args: readonly string[], folder = 'runs/one', others: readonly string[] = []): string {
  const number = wholeNumber(0);
  const command = new Command()
    .option('--network <n...>', '', (text: string, before: readonly number[] = []) => [
      ...before,
      number(text),
    ])
    .option('--quiet')
    .option('--data <folder>');
  addDeviceFlags(addCheckingFlags(command)).parse(args, { from: 'user' });
  return resumeCommand(command, 'train', folder, others);
}

test.each([
  [[], ''],
  [['--verify', 'every=50', '--threads', '2'], ' --verify every=50 --threads 2'],
  // Also what is the default, once given; of the others nothing.
  [['--device', 'simulated', '--quiet', '--data', 'x'], ' --device simulated'],
  [['--paced', '--baud', '9600', '--patience', '0.5'], ' --baud 9600 --paced --patience 0.5'],
  [
    ['--checkpoint-interval', '5', '--arena', '99', '--window', '256'],
    ' --checkpoint-interval 5 --arena 99 --window 256',
  ],
] as const)('after %j', (args, repeated) => {
  expect(hint(args)).toBe(`eqprop train --resume runs/one${repeated}`);
});

test('repeats others where told to, lists whole', () => {
  expect(hint(['--network', '1', '3', '--data', 'x'], 'r', ['network'])).toBe(
    'eqprop train --resume r --network 1 3',
  );
});

test('names with blanks stay one word', () => {
  expect(hint(['--device', '/dev/my board'], 'my runs')).toBe(
    'eqprop train --resume "my runs" --device "/dev/my board"',
  );
});
