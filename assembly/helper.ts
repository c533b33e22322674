// What the build with threads exports beside index.ts.
export { help } from './endpoint/team-work';
export { helpers } from './memory/team';
