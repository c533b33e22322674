// Exports of the build with threads, beside index.ts.
export { help } from './commands/team-work';
export { dismissTeam as dismiss, helpers, loseHelper as lose } from './memory/team';
