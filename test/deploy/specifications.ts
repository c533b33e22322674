/**
 * Rules for the manifests, from what is published: Arduino's library specification with the checks of arduino-lint, PlatformIO's
 * library.json, ESP-IDF's component manifest, Zephyr's module metadata. Keys that none of them has are refused.
 */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty(), v.regex(/^[\x20-\x7e]*$/));
const semver = v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/));
const url = v.pipe(v.string(), v.url(), v.maxLength(255));
const most = (length: number) => v.pipe(text, v.maxLength(length));
const spdx = v.picklist(['Apache-2.0']);

const arduinoName = v.pipe(
  most(63),
  v.regex(/^(([a-zA-Z][a-zA-Z0-9 _.-]*)|([0-9][a-zA-Z0-9 _.-]*[a-zA-Z][a-zA-Z0-9 _.-]*))$/),
  v.regex(/^(?!arduino)/i),
);
/** Several separated by commas. */
const arduinoList = (each: RegExp) =>
  v.pipe(
    text,
    v.check((list) => list.split(',').every((one) => each.test(one.trim()))),
  );

export const libraryProperties = v.strictObject({
  name: arduinoName,
  version: semver,
  author: text,
  maintainer: v.pipe(text, v.regex(/^(?!arduino)/i)),
  sentence: text,
  paragraph: text,
  category: v.picklist([
    'Display',
    'Communication',
    'Signal Input/Output',
    'Sensors',
    'Device Control',
    'Timing',
    'Data Storage',
    'Data Processing',
    'Other',
  ]),
  url,
  architectures: arduinoList(/^(\*|[a-z0-9_-]+)$/),
  includes: arduinoList(/^[^/]+\.(h|hh|hpp)$/),
  license: spdx,
});

const keyword = v.pipe(most(50), v.regex(/^[a-z\d\-+. ]+$/));

export const platformio = v.strictObject({
  $schema: url,
  name: v.pipe(most(100), v.regex(/^[^:;/,@<>]+$/)),
  version: v.pipe(semver, v.maxLength(50)),
  description: most(1000),
  keywords: v.array(keyword),
  authors: v.array(v.strictObject({ name: most(100) })),
  homepage: url,
  license: spdx,
  frameworks: v.literal('*'),
  platforms: v.literal('*'),
  headers: v.array(most(255)),
  build: v.strictObject({ srcDir: text, includeDir: text }),
});

export const idfComponent = v.strictObject({
  version: semver,
  description: text,
  url,
  license: spdx,
  tags: v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{3,32}$/))),
  dependencies: v.strictObject({ idf: v.pipe(v.string(), v.regex(/^>=\d+\.\d+$/)) }),
});

export const zephyrModule = v.strictObject({
  name: text,
  build: v.strictObject({ cmake: text, kconfig: text }),
});

/** Lines of `key=value`, as Arduino reads them. */
export function propertiesIn(content: string): Readonly<Record<string, string>> {
  const lines = content.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** The little of YAML that the manifests use: maps in maps, lists of words, words that stand in double quotes or mean themselves. */
export function yamlIn(content: string): unknown {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  return blockOf(lines);
}

const indentOf = (line: string) => line.length - line.trimStart().length;

function blockOf(lines: readonly string[]): unknown {
  const indent = indentOf(lines[0]);
  if (lines[0].trimStart().startsWith('- ')) return lines.map((line) => wordOf(line.trim().slice(2)));
  const starts = lines.flatMap((line, at) => (indentOf(line) === indent ? [at] : []));
  return Object.fromEntries(
    starts.map((at, k) => {
      const [, key, value] = /^ *([A-Za-z_]+): ?(.*)$/.exec(lines[at]) ?? [];
      if (key === undefined) throw new Error(`no line of the YAML that is read here: ${lines[at]}`);
      return [key, value ? wordOf(value) : blockOf(lines.slice(at + 1, starts[k + 1]))];
    }),
  );
}

function wordOf(word: string): string {
  if (/^"[^"\\]*"$/.test(word)) return word.slice(1, -1);
  if (/^[A-Za-z][A-Za-z0-9_./-]*$/.test(word) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(word))
    return word;
  throw new Error(`this word wants quotes: ${word}`);
}
