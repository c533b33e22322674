import type { Command } from 'commander';

/** Refuses words that no argument of the command takes, by name: commander tells their number alone. */
export function refuseExcess(command: Command): void {
  if (command.registeredArguments.at(-1)?.variadic) return;
  const most = command.registeredArguments.length;
  const excess = command.args.slice(most);
  if (excess.length === 0) return;
  const takes = most === 0 ? 'no arguments' : command.registeredArguments.map((one) => one.name()).join(', ');
  const words = excess.map((word) => `'${word}'`).join(' ');
  command.error(`error: too many arguments for '${command.name()}': it takes ${takes}, not ${words}`);
}
