import type { Command } from 'commander';

/** Flags that a folder does not keep: the device, the way to it, and how much is done again. As commander names them. */
const OF_DEVICE_AND_CHECKING = [
  ...['device', 'baud', 'paced', 'arena', 'window', 'threads', 'patience'],
  ...['verify', 'checkpointInterval'],
];

/**
 * The command line that goes on as before: with those flags that were given.
 * @param others flags to repeat too, as commander names them
 */
export function resumeCommand(
  command: Command,
  begin: string,
  folder: string,
  others: readonly string[] = [],
): string {
  const repeated = [...OF_DEVICE_AND_CHECKING, ...others];
  const flags = command.options.flatMap((option) => {
    const name = option.attributeName();
    if (!repeated.includes(name) || command.getOptionValueSource(name) !== 'cli') return [];
    const values: readonly unknown[] = option.isBoolean() ? [] : [command.getOptionValue(name)].flat();
    return [option.long, ...values.map(String)];
  });
  return ['eqprop', begin, '--resume', quoted(folder), ...flags.map((flag) => quoted(String(flag)))].join(
    ' ',
  );
}

/** As a shell takes it for one word. */
export function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
