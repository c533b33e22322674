import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { VerificationError } from '../verification/lockstep.js';
import { hostVersion } from '../version.js';
import { addBoards } from './boards.js';
import { addBuild } from './build.js';
import { addCompare } from './compare.js';
import { addEmulate } from './emulate.js';
import { addEvaluate } from './evaluate.js';
import { addExport } from './export.js';
import { addFlash } from './flash.js';
import { say, styled } from './output.js';
import { addPlan } from './plan.js';
import { addPorts } from './ports.js';
import { addReproduce } from './reproduce.js';
import { addTrain } from './train.js';
import { addVerify } from './verify.js';

/** What scripts can tell from how the program ends; an interrupted run ends with 130. */
const Exit = { failure: 1, usage: 2, verification: 3, defect: 70 } as const;

const program = new Command('eqprop')
  .description('Train neural networks on microcontrollers by equilibrium propagation, in integer arithmetic.')
  .version(hostVersion)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help tells more)')
  .exitOverride();

addTrain(program);
addVerify(program);
addReproduce(program);
addCompare(program);
addEvaluate(program);
addExport(program);
addPorts(program);
addBoards(program);
addPlan(program);
addBuild(program);
addEmulate(program);
addFlash(program);
for (const command of program.commands) command.exitOverride().showHelpAfterError('(--help tells more)');
program.addHelpText(
  'after',
  '\nExit status: 0 done, 1 an error, 2 a command line that cannot be read, 3 a reply was not what the twin computed, 70 a defect of this program, 130 interrupted.',
);

// Whoever reads the results may have read enough (`| head`): then a run is saved, as when it is interrupted.
process.stdout.once('error', () => {
  process.stdout.on('error', () => undefined);
  process.kill(process.pid, 'SIGTERM');
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : Exit.usage;
  } else if (error instanceof UserError) {
    say(`${styled('red', 'error:')} ${error.message}`);
    if (error.hint) say(`       ${error.hint}`);
    process.exitCode = error instanceof VerificationError ? Exit.verification : Exit.failure;
  } else {
    say(`${styled('red', 'defect:')} ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = Exit.defect;
  }
}
