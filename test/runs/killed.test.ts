/** A slice of what `npm run soak` does for longer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { runKilled } from './killed.js';
import { begin, expectSameRun } from './runs.js';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from './small-data.js';

test('a run killed three times ends as the one that nothing disturbed', async () => {
  const { path: data, remove } = temporaryFolder();
  try {
    writeSmallData(data);
    const changes = { start: 'persistent', epochs: 20, training: '0..250', validation: '250..300' };
    const whole = await begin({ data, folder: join(data, 'whole'), recipe: smallRecipe(changes) });
    const preset = join(data, 'killed.toml');
    writeFileSync(preset, stringify({ ...smallValues, ...changes }));
    const args = ['--preset', preset, '--data', data, '--compare-every', '0'];
    const { folders, found } = await runKilled(args, join(data, 'killed'), 3, 5, 3000);
    expect(found).toHaveLength(3);
    for (const folder of folders) expectSameRun(folder, whole.result.folder.path);
  } finally {
    remove();
  }
});
