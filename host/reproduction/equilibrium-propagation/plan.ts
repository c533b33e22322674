/** A reproduction as planned: which networks, by which recipe. */
import { loadDataset } from '../../data/index.js';
import { UserError } from '../../ground/index.js';
import { checkRecipe, evaluationIterations, type Recipe, readPreset } from '../../model/index.js';
import { requireFit } from '../../training/index.js';
import type { Form } from '../experiment.js';
import { type NetworkNumber, networkNumbers, paperNetwork } from './paper.js';

/** `paper`: Euler steps, as the authors did. `fast`: exact layer-wise relaxation, from a zero start, and rates to suit. */
export type RelaxationChoice = 'paper' | 'fast';

/** Settings that decide the runs of a reproduction; the same for all of its networks. */
export interface ReproductionSettings {
  readonly form: Form;
  readonly relaxation: RelaxationChoice;
  readonly seed: number;
  /** Training images of the quick form. */
  readonly images: number;
  /** The data set's folder; MNIST if absent. */
  readonly data?: string;
}

export interface PlannedNetwork {
  readonly number: NetworkNumber;
  readonly epochs: number;
}

export const QUICK_IMAGES = 2000;
/** The quick form's validation images are half as many, from where the paper's begin. */
const VALIDATION_BEGIN = 50_000;
const VALIDATION_END = 60_000;
/** Iterations of the quick form from a zero start, at most: the whole test set would take the third network minutes. */
const QUICK_EVALUATION = 500;
type Epochs = Readonly<Record<NetworkNumber, number>>;
/** By network: together some minutes. */
const QUICK_EPOCHS: Readonly<Record<RelaxationChoice, Epochs>> = {
  paper: { 1: 10, 2: 10, 3: 3 },
  fast: { 1: 10, 2: 10, 3: 10 },
};
/** Epochs of the fast recipe; docs/reproduction/equilibrium-propagation.md has the results. */
const FAST_EPOCHS: Epochs = { 1: 20, 2: 120, 3: 120 };

/** @throws `UserError` for what is no network of Table 2 */
export function requireNetwork(number: number): NetworkNumber {
  const known = networkNumbers.find((one) => one === number);
  if (known !== undefined) return known;
  throw new UserError(
    `Table 2 has no network ${number}`,
    '1, 2 and 3 are its networks of one, two and three hidden layers',
  );
}

/**
 * @param epochs of every network; else what the form says
 * @throws `UserError` for impossible numbers
 */
export function planNetworks(
  { form, relaxation }: Pick<ReproductionSettings, 'form' | 'relaxation'>,
  numbers: readonly number[],
  epochs: number | undefined,
): readonly PlannedNetwork[] {
  if (epochs !== undefined && !(Number.isInteger(epochs) && epochs >= 1))
    throw new UserError(`${epochs} epochs`, 'a network trains for one epoch or more');
  const chosen = networkNumbers.filter((one) => numbers.map(requireNetwork).includes(one));
  return chosen.map((number) => ({ number, epochs: epochs ?? epochsOf(form, relaxation, number) }));
}

/** As many as the form takes, unless told otherwise. */
export function epochsOf(form: Form, relaxation: RelaxationChoice, number: NetworkNumber): number {
  if (form === 'quick') return QUICK_EPOCHS[relaxation][number];
  return relaxation === 'fast' ? FAST_EPOCHS[number] : paperNetwork(number).program.epochs;
}

export function presetOf(relaxation: RelaxationChoice, number: NetworkNumber): string {
  return `${relaxation}-${number}`;
}

/** The recipe of a network: its preset, and what the settings change of it. */
export function recipeOfNetwork(
  { form, relaxation, seed, images }: ReproductionSettings,
  { number, epochs }: PlannedNetwork,
): Recipe {
  const { values, source } = readPreset(presetOf(relaxation, number));
  const whole = checkRecipe({ ...values, seed, epochs }, source);
  if (form === 'full') return whole;
  const validated = Math.min(Math.ceil(images / 2), VALIDATION_END - VALIDATION_BEGIN);
  return checkRecipe(
    {
      ...whole,
      training: `0..${images}`,
      validation: `${VALIDATION_BEGIN}..${VALIDATION_BEGIN + validated}`,
      'evaluation-iterations': Math.min(evaluationIterations(whole), QUICK_EVALUATION),
    },
    source,
  );
}

/** Rejects with `UserError` where the data set has not the images that the plan takes. */
export async function requireImages(
  settings: ReproductionSettings,
  networks: readonly PlannedNetwork[],
): Promise<void> {
  const dataset = await loadDataset(settings.data);
  for (const planned of networks) requireFit(recipeOfNetwork(settings, planned), dataset);
}
