/** Rates of each way to adapt, tried on rotated training images that nothing was adapted to. */
import { spread } from '../../dist/host/ground/spread.js';
import { errorAfter } from './learn.mjs';
import { ANGLES, WAYS } from './recipes.mjs';
import { taskOf } from './tasks.mjs';

/** Factors of the preset's rates. */
const FACTORS = [0.5, 1, 2, 4];

/** Tells the validation error of each factor, way and angle, of the seeds' mean, in percent. */
export async function choose(network, seeds, work, say) {
  for (const degrees of ANGLES) {
    const data = await taskOf(degrees, true);
    for (const way of WAYS)
      for (const factor of FACTORS) {
        const errors = [];
        for (const seed of seeds)
          errors.push(
            await errorAfter(network, way, seed, data, work, {
              named: `choose-${degrees}-${factor}`,
              factor,
            }),
          );
        say(`${network.name}, ${degrees}°, ${way}, rates × ${factor}: ${spread(errors).mean.toFixed(2)} %`);
      }
  }
}
