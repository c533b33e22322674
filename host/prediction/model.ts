/** A run's model, ready to be asked: the module in this thread, an example at a time. */
import {
  classNameOf,
  ExampleForm,
  noInput,
  type Order,
  type Preparation,
  placesIn,
  preparationOf,
  type Reading,
} from '../data/index.js';
import { parameterRequests, readRequests, type TensorRange } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import { DEFAULT_ARENA, hostModule, Kernel } from '../kernel/index.js';
import {
  configureRequest,
  evaluationIterations,
  formatsOf,
  graphOf,
  inputsEach,
  integerArrays,
  type Picture,
  pictured,
  pictureOf,
  stateBits,
} from '../model/index.js';
import { loadResult, type Position, type SavedRun } from '../records/index.js';
import { packImage, Tensor } from '../wire/index.js';

export interface Prediction {
  /** Name of the class whose output is largest, the first of equals. */
  readonly class: string;
  /** Its number, from 0 on. */
  readonly label: number;
  /** The state of its output, 0 to 1. */
  readonly score: number;
  /** The same of all outputs, by label. */
  readonly scores: readonly number[];
}

/** As much of a run as a model needs. */
export interface Trained extends Pick<SavedRun, 'parameters' | 'note'> {
  readonly state: Preparation &
    Pick<SavedRun['state'], 'picture' | 'reading' | 'recipe'> & {
      readonly position: Pick<Position, 'digest' | 'step'>;
    };
}

const SLOT = 0;
/** Any would do: nothing is learnt. */
const NO_LABEL = 0;

/** A trained network in this process. Its answers are those of a device, bit for bit. */
export class Model {
  /** Numbers that an example has. */
  readonly features: number;
  /** Their names, in their order, where the data named them. */
  readonly columnNames?: readonly string[];
  /** Shape of an example's features. */
  readonly picture: Picture;
  /** Their order, where that has several channels and places. */
  readonly order: Order;
  /** Classes that the outputs stand for, by label. */
  readonly classes: readonly string[];
  /** How the data were read that it has learnt. */
  readonly reading: Reading;
  /** Why it is not of the newest checkpoint file. */
  readonly note?: string;
  readonly #form: ExampleForm;
  readonly #inputs: Uint8Array;
  readonly #kernel: Kernel;
  readonly #iterations: number;
  readonly #units: TensorRange;
  readonly #outputs: number;
  readonly #one: number;

  /** @param order of an example's features, where its shape has several channels and places */
  constructor({ state, parameters, note }: Trained, order?: Order) {
    const { position, picture, reading = {} } = state;
    this.reading = reading;
    if (note !== undefined) this.note = note;
    const preparation = preparationOf(state);
    if (preparation.columnNames) this.columnNames = preparation.columnNames;
    this.picture = unscaled(picture, preparation);
    this.order = order ?? reading.order ?? 'channels-first';
    // Evaluation starts from zero whatever training starts from.
    const recipe = { ...pictured(state.recipe, picture), minibatch: 1, start: 'zero' as const };
    const { storage, states } = formatsOf(recipe);
    const { units, outputs } = graphOf(recipe);
    this.classes = Array.from({ length: outputs }, (_, label) => classNameOf(preparation, label));
    this.#form = new ExampleForm(placesIn(this.picture, this.order), preparation.scaling);
    this.features = this.#form.features;
    this.#inputs = new Uint8Array(this.#form.inputs);
    this.#iterations = evaluationIterations(recipe);
    this.#units = { tensor: Tensor.free, index: SLOT, count: units, width: stateBits(storage) / 8 };
    this.#outputs = outputs;
    this.#one = 2 ** states.fraction;
    this.#kernel = new Kernel(DEFAULT_ARENA, undefined, hostModule(storage));
    this.#kernel.execute('configure', configureRequest(recipe));
    for (const request of parameterRequests(parameters)) this.#kernel.execute('write', request);
    this.#kernel.execute('load', { digest: BigInt(`0x${position.digest}`), step: position.step });
  }

  /**
   * Predicts one example.
   * @param features as the run's data had them, unscaled, in their order
   * @throws `UserError` where there are more or fewer, or one is not finite or, unscaled, no byte
   */
  predict(features: ArrayLike<number>): Prediction {
    if (features.length !== this.features)
      throw new UserError(
        `an example has ${features.length} features, the model takes ${this.features}`,
        'give those that it was trained on, in their order',
      );
    const odd = this.#form.write(features, 0, this.#inputs);
    if (odd !== undefined) throw noInput(`feature ${odd + 1}`, features[odd]);
    return this.predictInputs(this.#inputs);
  }

  /** Predicts one example of which the inputs are known: a data set's image. */
  predictInputs(inputs: Uint8Array): Prediction {
    const kernel = this.#kernel;
    kernel.execute('sample', { slot: SLOT, label: NO_LABEL, image: packImage(inputs) });
    const { predictions } = kernel.execute('evaluate', { iterations: this.#iterations, samples: 1 });
    const scores = this.#read(this.#outputs);
    const [label] = predictions;
    return { class: this.classes[label], label, score: scores[label], scores };
  }

  /** States of all free units in the last prediction, 0 to 1, layer by layer, the outputs' last. */
  states(): readonly number[] {
    return this.#read(this.#units.count);
  }

  /** States of the last so many units. */
  #read(count: number): readonly number[] {
    const { width } = this.#units;
    const from = this.#units.count - count;
    const bytes = new Uint8Array(count * width);
    for (const request of readRequests({ ...this.#units, count })) {
      const { data } = this.#kernel.execute('read', { ...request, offset: from + request.offset });
      bytes.set(data, request.offset * width);
    }
    return Array.from(new integerArrays[width === 2 ? 16 : 32](bytes.buffer), (state) => state / this.#one);
  }
}

/** The shape of an example's features. */
function unscaled(picture: Picture, { scaling }: Preparation): Picture {
  return pictureOf({ ...picture, channels: (picture.channels ?? 1) / (scaling ? inputsEach(scaling) : 1) });
}

/**
 * Loads what a run has learnt, finished or interrupted, from its newest checkpoint.
 * @param order of an example's features; the data's, as the run keeps it, unless told
 * @throws `UserError` where there is no checkpoint, or the newest is damaged
 */
export function loadModel(folder: string, order?: Order): Model {
  return new Model(loadResult(folder), order);
}
