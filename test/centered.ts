/** Recipes by centered nudging that golden bits are of, and other networks begin from: presets of their names may change. */
import { fileURLToPath } from 'node:url';
import { readPreset } from '#host/model/index';

const path = (name: string) =>
  fileURLToPath(new URL(`../bench/firmware/recipes/${name}-centered.toml`, import.meta.url));

/** The path of 784-128-10's, and what it holds. */
export const SMALL = path('small');
export const smallValues = readPreset(SMALL).values;
/** The recipe of 784-32-10. */
export const tinyValues = readPreset(path('tiny')).values;
