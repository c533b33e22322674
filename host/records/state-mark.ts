/** The part of a file of persistent states that a checkpoint names. */
import * as v from 'valibot';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const stateMarkSchema = v.object({
  generation: natural,
  bytes: natural,
  /** In all records: an example counts as often as it was saved. */
  rows: natural,
  /** The hash of the last record, hexadecimal. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

export type StateMark = Readonly<v.InferOutput<typeof stateMarkSchema>>;
