/** Comparisons over the small data set. */
import { join } from 'node:path';
import { ComparisonFolder, type ComparisonPlan } from '#host/comparison/comparison-folder';
import { checkGrid } from '#host/comparison/grid';
import type { ComparisonEvents } from '#host/comparison/run-comparison';
import { smallValues } from '../runs/small-data.js';

export function smallPlan(
  data: string,
  alternatives: Readonly<Record<string, readonly unknown[]>>,
  more: Partial<ComparisonPlan> = {},
): ComparisonPlan {
  const grid = checkGrid({ preset: 'small', recipe: smallValues, alternatives }, 'test');
  return {
    hostVersion: '0.0.0',
    grid: { ...grid, alternatives: grid.alternatives as Record<string, unknown[]> },
    data,
    device: 'simulated',
    deviceOptions: { baudRate: 115_200 },
    patience: 30,
    verification: 'digest',
    reference: true,
    margin: 0.25,
    ...more,
  };
}

export function smallFolder(data: string, name: string, plan: ComparisonPlan): ComparisonFolder {
  return ComparisonFolder.create(join(data, name), plan);
}

export const silent: ComparisonEvents = {
  onBegin: () => undefined,
  onNotice: () => undefined,
  onProgress: () => undefined,
  onEnd: () => undefined,
};
