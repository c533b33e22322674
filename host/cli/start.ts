#!/usr/bin/env node
/** The program's beginning, which any Node can read: one that is too old is told so, before it meets what it does not know. */
import { nodeTooOld } from '../node-version.js';

const refusal = nodeTooOld(new URL('../../../package.json', import.meta.url));
if (refusal !== undefined) {
  process.stderr.write(`eqprop: ${refusal}\n`);
  process.exit(1);
}
// Whatever asks it to end is listened to before the rest is loaded.
await import('./listening.js');
await import('./main.js');
