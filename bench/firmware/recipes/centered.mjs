/** Recipes that counts of instructions, digests and golden bits are of, whatever the presets of their names become. */
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`./${name}-centered.toml`, import.meta.url));

/** 784-128-10 and 784-32-10 by centered nudging, every example nudged. */
export const SMALL = path('small');
export const TINY = path('tiny');
