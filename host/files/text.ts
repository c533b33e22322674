/** Text as people's editors leave it: with a byte order mark or without, in UTF-8 or, where that says so, in UTF-16. */
import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { UserError } from '../ground/index.js';

/** Throws what the file system throws. */
export function readText(path: string): string {
  const bytes = readFileSync(path);
  // The decoder leaves the mark out.
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Throws what the file system throws, or `SyntaxError`. */
export function readJson(path: string): unknown {
  return JSON.parse(readText(path));
}

/**
 * @param source of the values, in errors
 * @param hint where there is no such file, or it cannot be read
 * @throws `UserError`
 */
export function readToml(
  path: string,
  source: string = path,
  hint?: string,
): Readonly<Record<string, unknown>> {
  try {
    return parse(readText(path));
  } catch (error) {
    if (error instanceof TomlError)
      throw new UserError(`${source}, line ${error.line}: ${error.message.split('\n')[0]}`, 'mend the TOML');
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'ENOENT' ? `there is no file ${path}` : `could not read ${path}: ${message}`,
      hint,
      { cause: error },
    );
  }
}
