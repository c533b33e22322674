// Lateral, tied: every unit of a layer with every other one of it, none with itself. The matrix is a dense one of which the
// upper triangle alone has weights: both ways of a pair go through one of them.
import { zero } from '../memory/arena';
import { fail } from '../messages/errors';
import { ErrorCode, LayerRecord } from '../messages/wire';
import { Connection } from '../network/connection';
import { contrastRow } from '../network/minibatch';
import * as dense from './dense';

export { layOut, mirror, send, sendBack } from './dense';

export function isPossible(_record: usize, _pre: usize, post: usize, place: i32): bool {
  const units = u32(LayerRecord.rows(post)) * LayerRecord.columns(post) * LayerRecord.channels(post);
  if (units > 1) return true;
  fail(ErrorCode.badWords, units, 2, place);
  return false;
}

export function has(c: Connection, parameter: u32): bool {
  return parameter % u32(c.columns) > parameter / u32(c.columns);
}

export function sumRows(c: Connection, i: i32, moved: i32, narrow: bool): bool {
  if (!dense.sumRows(c, i, moved, narrow)) return false;
  zero(contrastRow, (i + 1) << (narrow ? 2 : 3));
  return true;
}
