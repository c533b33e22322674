/** Fills in the files of boards/library/folder. */

/**
 * Puts values in the place of `{{words}}`. Lines from `{{if word}}` to `{{end}}`, each alone on its line, stay where the word is
 * a condition that holds; those two go in any case.
 */
export function fillIn(
  template: string,
  values: Readonly<Record<string, string>>,
  conditions: Readonly<Record<string, boolean>>,
): string {
  return template
    .replaceAll(/^\{\{if ([a-z ]+)\}\}\n([\s\S]*?)^\{\{end\}\}\n/gm, (_, word: string, lines: string) =>
      known(conditions, word) ? lines : '',
    )
    .replaceAll(/\{\{([a-z ]+)\}\}/g, (_, word: string) => known(values, word));
}

function known<T>(words: Readonly<Record<string, T>>, word: string): T {
  if (Object.hasOwn(words, word)) return words[word];
  throw new Error(`a template asks for '${word}'`);
}
