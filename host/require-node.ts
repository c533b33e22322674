/** Comes before all that the library is made of. */
import { nodeTooOld } from './node-version.js';

const refusal = nodeTooOld(new URL('../../package.json', import.meta.url));
if (refusal !== undefined) throw new Error(`eqprop: ${refusal}`);
