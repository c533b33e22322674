/** A folder that `eqprop deploy` wrote for a board: its image with a network within, and a list that tells whose it is. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { readJson, writeWhole } from '../files/index.js';
import { faultIn, UserError } from '../ground/index.js';
import { type Board, boardsFolder, readBoard } from './board.js';
import type { Image } from './build.js';

/** The list, in the folder. */
const LIST = 'image.json';

const KINDS = ['elf', 'bin', 'hex', 'uf2'] as const;

const listSchema = v.object({
  /** A board that comes along, or the path of its folder. */
  board: v.string(),
  /** The network's. */
  name: v.string(),
  learns: v.boolean(),
  /** False where it has a program of its own, which does as it likes. */
  readsLines: v.boolean(),
  /** SHA-256, by the file's name. */
  files: v.record(v.pipe(v.string(), v.regex(/^[^/\\]+$/, 'a name of a file is needed')), v.string()),
});

export interface DeployedImage extends Image {
  readonly board: Board;
  /** The network's. */
  readonly name: string;
  readonly learns: boolean;
  /** It answers lines of features: false of a program of its own. */
  readonly readsLines: boolean;
}

/**
 * Lists an image's files, beside which it writes the list. Returns its path.
 * @param files paths; those that no board or emulator takes are left out
 */
export function listImage(
  folder: string,
  board: Board,
  { name, learns, readsLines }: Pick<DeployedImage, 'name' | 'learns' | 'readsLines'>,
  files: readonly string[],
): string {
  const isOurs = board.folder === join(boardsFolder, board.id);
  const list: v.InferOutput<typeof listSchema> = {
    board: isOurs ? board.id : resolve(board.folder),
    name,
    learns,
    readsLines,
    files: Object.fromEntries(
      files.filter((path) => kindOf(path)).map((path) => [basename(path), hashOf(path)]),
    ),
  };
  return writeWhole(folder, LIST, `${JSON.stringify(list, undefined, 2)}\n`);
}

/** Tells such a folder, or a file in it, from a board's. */
export function isDeployedImage(path: string): boolean {
  return existsSync(listOf(path));
}

/**
 * @param path a folder, or a file in it
 * @throws `UserError` where a file is missing or is another than was deployed there, or the board is gone
 */
export function readDeployedImage(path: string): DeployedImage {
  const list = listOf(path);
  const { board: id, name, learns, readsLines, files } = readList(list);
  const board = boardOf(id, list);
  const folder = dirname(list);
  const again = `deploy it there again: eqprop deploy RUN --to ${id} --out ${folder}`;
  const paths = new Map<string | undefined, string>();
  for (const [file, hash] of Object.entries(files)) {
    const own = join(folder, file);
    if (!existsSync(own)) throw new UserError(`${own} is missing, of the image of ${name} for ${id}`, again);
    if (hashOf(own) !== hash)
      throw new UserError(`${own} is not the file that was deployed there for ${id}`, again);
    paths.set(kindOf(own), own);
  }
  const [elf, bin, hex, uf2] = KINDS.map((kind) => paths.get(kind));
  if (!elf || !bin || !hex) throw new UserError(`${list} lists no whole image`, again);
  return { board, name, learns, readsLines, elf, bin, hex, uf2 };
}

function listOf(path: string): string {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
  return join(isFile ? dirname(path) : path, LIST);
}

function readList(path: string): v.InferOutput<typeof listSchema> {
  const refuse = (why: string, cause?: unknown) =>
    new UserError(`${path} is not what deploy writes: ${why}`, 'deploy the network again', { cause });
  let values: unknown;
  try {
    values = readJson(path);
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  const result = v.safeParse(listSchema, values);
  if (!result.success) throw refuse(faultIn(result.issues));
  return result.output;
}

function boardOf(id: string, list: string): Board {
  try {
    return readBoard(id);
  } catch (cause) {
    throw new UserError(
      `${list} is for a board that is not there: ${(cause as Error).message}`,
      'deploy the network again',
      { cause },
    );
  }
}

function kindOf(path: string): (typeof KINDS)[number] | undefined {
  return KINDS.find((kind) => path.endsWith(`.${kind}`));
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
