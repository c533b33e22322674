import { type Command, InvalidArgumentError } from 'commander';

/** Refuses options and arguments of a command that are given and empty, as those of unset variables in scripts are. */
export function refuseEmptyWords(command: Command): void {
  const texts = command.options.filter(({ required, parseArg }) => required && !parseArg);
  for (const option of texts) option.argParser(notEmpty(option.flags));
  for (const argument of command.registeredArguments.filter(({ parseArg }) => !parseArg)) {
    const checked = notEmpty(argument.name());
    if (argument.variadic)
      argument.argParser((text, before: readonly string[] = []) => [...before, checked(text)]);
    else argument.argParser(checked);
  }
}

function notEmpty(what: string) {
  return (text: string): string => {
    if (text.trim() !== '') return text;
    const here = what.includes('folder') || what === 'run' ? ', a dot for the current folder' : '';
    throw new InvalidArgumentError(`it is empty: name something${here}, or leave it out`);
  };
}
