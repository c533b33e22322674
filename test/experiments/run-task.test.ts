import { expect, test } from 'vitest';
import { runTask, runTasks } from '#host/experiments/index';
import { UserError } from '#host/ground/index';
import { smallRecipe, temporaryFolder } from '../runs/small-data.js';

const plan = { recipe: smallRecipe(), compareEvery: 3, verification: 'digest', shadow: true };

test('its plan makes the task again, as it was sent', () => {
  const again = runTasks.open(JSON.parse(JSON.stringify(runTask(plan).plan)), 'cell');
  expect(again.plan).toEqual(plan);
  expect(again.recipe).toEqual(plan.recipe);
  const folder = temporaryFolder();
  const words = again.begin(folder.path, { data: 'here', reading: { test: 'there' } });
  folder.remove();
  expect(words[0]).toBe('train');
  for (const word of ['--shadow', '--data', 'here', '--test', 'there', '--verify'])
    expect(words).toContain(word);
});

test.each([
  {},
  { ...plan, recipe: { network: '9-9' } },
  { ...plan, compareEvery: -1 },
])('what is no plan is refused', (other) => {
  expect(() => runTasks.open(other, 'cell')).toThrow(UserError);
});

test('a run that is not trained to its end is no result', () => {
  const folder = temporaryFolder();
  expect(() => runTask(plan).requireResult(folder.path)).toThrow('is not trained to its end');
  folder.remove();
});
