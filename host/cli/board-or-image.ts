/** A board to build firmware for, or an image that `deploy` wrote for one. */
import { statSync } from 'node:fs';
import {
  type Board,
  boardIds,
  boardNamed,
  type DeployedImage,
  isDeployedImage,
  readBoard,
  readDeployedImage,
} from '../firmware/index.js';
import { UserError } from '../ground/index.js';
import type { BuildFlags } from './build.js';
import { say } from './output.js';

export const boardOrImageArgument =
  "a board's name (eqprop boards lists them) or folder, or a folder that eqprop deploy RUN --to <board> wrote";

export type BoardOrImage =
  | { readonly board: Board; readonly image?: never }
  | { readonly board: Board; readonly image: DeployedImage };

/** @throws `UserError` where it is neither, or the image is not what was deployed, or flags are given to build it anew */
export function boardOrImage(name: string, flags: BuildFlags): BoardOrImage {
  const isId = boardIds().includes(name);
  if (!isId && isDeployedImage(name)) {
    refuseBuildFlags(name, flags);
    const image = readDeployedImage(name);
    return { board: image.board, image };
  }
  if (isId && isDeployedImage(name)) say(`${name} is the board here: ./${name} is the image deployed there`);
  if (!boardNamed(name) && statSync(name, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `${name} has neither an image that was deployed (image.json) nor a board (board.toml) in it`,
      `eqprop deploy RUN --to <board> --out ${name} writes an image; eqprop boards lists the boards`,
    );
  return { board: readBoard(name) };
}

function refuseBuildFlags(name: string, { storage, network, preset, baud, checked }: BuildFlags): void {
  const given = Object.entries({ storage, network, preset, baud, checked }).find(
    ([, value]) => value !== undefined,
  );
  if (given)
    throw new UserError(
      `--${given[0]} is for firmware that is built; ${name} is an image that was`,
      'leave it out, or name a board',
    );
}
