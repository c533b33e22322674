/** Reads what an export has written: the network whole, or a word on what is wrong with it. */
import * as v from 'valibot';
import { parseNpy } from '../data/index.js';
import { faultIn, UserError } from '../ground/index.js';
import {
  checkRecipe,
  formatsOf,
  graphOf,
  integerArrays,
  type Picture,
  pictured,
  pictureOf,
  pixelsOf,
  type Recipe,
  type Scaling,
  scalingSchema,
} from '../model/index.js';
import type { ExportedModel } from './model.js';

const NUMBERS = 'network.json';
const AGAIN = 'export the run again, and choose all of its files';

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const numbersSchema = v.object({
  step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'a digest has 16 hexadecimal digits')),
  layers: v.pipe(v.array(v.object({ channels: side, rows: side, columns: side })), v.minLength(2)),
  scaling: v.exactOptional(v.pick(scalingSchema, ['kind', 'features'])),
  classNames: v.exactOptional(v.array(v.string())),
  recipe: v.record(v.string(), v.unknown()),
});

/** An export that can be asked. */
export interface AskableModel extends ExportedModel {
  readonly recipe: Recipe;
  /** Shape of the inputs. */
  readonly picture: Picture;
}

/**
 * @param files contents by name, without their folder; others than an export's are not looked at
 * @throws `UserError` that names the file that is missing, is damaged or does not fit the others; a digest that the parameters do not
 *   have shows when a kernel loads them
 */
export function readExport(files: ReadonlyMap<string, Uint8Array>): AskableModel {
  const contents = (name: string): Uint8Array => {
    const found = files.get(name);
    if (!found) throw new UserError(`there is no ${name} among the files`, AGAIN);
    return found;
  };
  const numbers = numbersIn(contents(NUMBERS));
  const array = (
    name: string,
    count: number,
    Type: Int8ArrayConstructor | typeof Int16Array | typeof Int32Array,
  ) => {
    const { numbers: values = [] } = parseNpy(contents(name), name);
    if (values.length !== count)
      throw new UserError(`${name} has ${values.length} numbers, the network has ${count} there`, AGAIN);
    const whole = Type.from(values);
    const odd = whole.findIndex((value, n) => value !== values[n]);
    if (odd >= 0) throw new UserError(`${name}: ${values[odd]} is no integer of the weights’ format`, AGAIN);
    return whole;
  };
  const picture = pictureOf(numbers.layers[0]);
  const original = checkRecipe(numbers.recipe, NUMBERS);
  const recipe = pictured(original, picture);
  const graph = graphOf(recipe);
  const formats = formatsOf(recipe);
  if (graph.inputs !== pixelsOf(picture))
    throw new UserError(
      `${NUMBERS}: layer 0 has ${pixelsOf(picture)} places, the recipe’s network ${graph.inputs} inputs`,
      AGAIN,
    );
  const { step, digest, scaling, classNames } = numbers;
  return {
    network: original.network,
    recipe: original,
    picture,
    graph,
    formats,
    step,
    digest: BigInt(`0x${digest}`),
    weights: graph.connections.map(({ weights }, k) =>
      array(`weights-${k}.npy`, weights, integerArrays[formats.storage]),
    ),
    biases: graph.layers
      .slice(1)
      .map(({ biases }, k) => array(`biases-${k + 1}.npy`, biases, Int32Array) as Int32Array<ArrayBuffer>),
    ...(scaling && { scaling: { ...scaling, steps: stepsIn(contents('scaling.npy')) } }),
    ...(classNames && { classNames }),
  };
}

function numbersIn(bytes: Uint8Array): v.InferOutput<typeof numbersSchema> {
  let values: unknown;
  try {
    values = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new UserError(`${NUMBERS} is no JSON`, AGAIN, { cause });
  }
  const result = v.safeParse(numbersSchema, values);
  if (!result.success) throw new UserError(`${NUMBERS}: ${faultIn(result.issues)}`, AGAIN);
  return result.output;
}

function stepsIn(bytes: Uint8Array): Scaling['steps'] {
  const { numbers = [] } = parseNpy(bytes, 'scaling.npy');
  const rows = Array.from({ length: Math.floor(numbers.length / 4) }, (_, row) => {
    const [fraction, offset, multiplier, shift] = numbers.slice(4 * row, 4 * row + 4);
    return { fraction, offset, multiplier, shift };
  });
  const result = v.safeParse(v.pick(scalingSchema, ['steps']), { steps: rows });
  if (!result.success) throw new UserError(`scaling.npy: ${faultIn(result.issues)}`, AGAIN);
  return result.output.steps;
}
