/** Words of a command line as web pages and word processors write them, with dashes, quotes and spaces of their own. */

const QUOTES = /[\u2018-\u201f\u2032\u2033\u00ab\u00bb\uff02\uff07]/g;
const PASTED: readonly (readonly [characters: RegExp, ascii: string])[] = [
  [/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-'],
  [/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' '],
  [QUOTES, ''],
];

/** Flags, and numbers, ranges, networks and formats, in quotes or not: paths and names may have any character. */
const IS_ASCII = /^(-.*|[\d.,Q -]+)$/;

/** Says what should have been typed for the first such word; undefined where there is none. */
export function pastedHint(words: readonly string[]): string | undefined {
  for (const word of words.flatMap((one) => one.split('='))) {
    const plain = PASTED.reduce((text, [characters, ascii]) => text.replace(characters, ascii), word);
    const isQuoted = word.search(QUOTES) === 0;
    if (plain === word || !(isQuoted || IS_ASCII.test(plain))) continue;
    // One long dash is what two short ones become.
    const typed = plain.replace(/^-+(?=[a-z]{2})/i, '--');
    return `'${word}' has dashes, quotes or spaces as web pages have them, not those of a command line: type ${typed}`;
  }
  return undefined;
}
