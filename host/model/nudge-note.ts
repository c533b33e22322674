/** Nudges that rounded states still tell from noise. */
import { significant } from '../ground/index.js';
import { formatsOf } from './formats.js';
import { nudgeOf, type Recipe } from './recipe.js';

/**
 * Steps of the states' format that a nudge is to have: fewer, and what rounding leaves of the contrast points away from the
 * gradient (a cosine below 0.95 in trained networks; docs/reproduction/equilibrium-propagation.md has the table).
 */
const LEAST_STEPS = 20;

/**
 * Says that a recipe's β is too small for its states, and what would do; undefined where it is not.
 * @param recipe checked
 */
export function nudgeNote(recipe: Recipe): string | undefined {
  const { states } = formatsOf(recipe);
  const nudge = nudgeOf(recipe);
  const least = LEAST_STEPS / 2 ** states.fraction;
  if (nudge >= least) return undefined;
  const beta = (recipe.beta * least) / nudge;
  return `β ${recipe.beta} is ${significant(nudge * 2 ** states.fraction, 2)} steps of states in ${states.name}: below ${LEAST_STEPS} rounding turns what is learnt away from the gradient; --beta ${significant(beta, 2)} or more does, or finer --states`;
}
