/** Where the error comes from, of every group: its first finished seed, with its first weights and with its last ones. */
import { setImmediate } from 'node:timers/promises';
import type { Group } from '../report/index.js';
import { MinibatchPlan } from '../training/index.js';
import { errorSources } from './error-sources.js';
import type { PreparedComparison } from './prepare.js';
import type { SourcesOfGroups } from './summary.js';
import { Trial } from './trial.js';

export async function sourcesOfGroups(
  { folder, cells, dataset }: PreparedComparison,
  signal: AbortSignal,
): Promise<SourcesOfGroups> {
  const trial = new Trial(dataset);
  const found = new Map<string, NonNullable<Group['sources']>>();
  try {
    for (const { id, group, recipe } of cells) {
      if (signal.aborted) break;
      if (found.has(group) || !recipe) continue;
      const learnt = folder.resultOf(folder.cell(id), recipe);
      if (!learnt) continue;
      const last = Math.max(new MinibatchPlan(recipe).steps - 2, 0);
      found.set(group, {
        initial: errorSources(recipe, await trial.initialParameters(recipe), dataset, 0),
        final: errorSources(recipe, learnt.parameters, dataset, last),
      });
      // Lets an interruption be heard.
      await setImmediate();
    }
  } finally {
    await trial.close();
  }
  return found;
}
