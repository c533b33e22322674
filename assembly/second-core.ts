// Exports of the build for two cores, beside index.ts.
export { answerCall as help, join } from './commands/team-work';
