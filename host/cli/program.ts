import { Command, CommanderError } from 'commander';
import { hostVersion, UserError } from '../ground/index.js';
import { VerificationError } from '../verification/index.js';
import { addBoards } from './boards.js';
import { addBuild } from './build.js';
import { addCapture } from './capture.js';
import { addCompare } from './compare.js';
import { addData } from './data.js';
import { addDeploy } from './deploy.js';
import { refuseEmptyWords } from './empty-words.js';
import { addEmulate } from './emulate.js';
import { addEvaluate } from './evaluate.js';
import { Exit } from './exit-status.js';
import { addExport } from './export.js';
import { addFlash } from './flash.js';
import { print, say, styled } from './output.js';
import { pastedHint } from './pasted.js';
import { addPlan } from './plan.js';
import { addPorts } from './ports.js';
import { addPredict } from './predict.js';
import { addQueue } from './queue.js';
import { addReproduce } from './reproduce.js';
import { addTrain } from './train.js';
import { refuseExcess } from './usage.js';
import { addVerify } from './verify.js';
import { addWatch } from './watch.js';
import { addWork } from './work.js';

/** Every command, anew: commander keeps in a command what it has parsed. */
function commands(): Command {
  const program = new Command('eqprop')
    .description(
      'Train neural networks on microcontrollers by equilibrium propagation, in integer arithmetic.',
    )
    .version(hostVersion)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help tells more)')
    .configureOutput({
      writeOut: (text) => print('', withoutEnd(text)),
      writeErr: (text) => say('', withoutEnd(text)),
      outputError: (text) => say(withoutEnd(text)),
    })
    .exitOverride();

  addTrain(program);
  addVerify(program);
  addReproduce(program);
  addCompare(program);
  addWatch(program);
  addWork(program);
  addQueue(program);
  addData(program);
  addEvaluate(program);
  addPredict(program);
  addDeploy(program);
  addExport(program);
  addCapture(program);
  addPorts(program);
  addBoards(program);
  addPlan(program);
  addBuild(program);
  addEmulate(program);
  addFlash(program);
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError('(--help tells more)').allowExcessArguments();
    refuseEmptyWords(command);
  }
  program.hook('preAction', (_, command) => refuseExcess(command));
  program.addHelpText(
    'after',
    '\nExit status: 0 done, 1 an error, 2 a command line that cannot be read, 3 a reply was not what the twin computed, 4 a symptom ended a run that is --strict, 70 a defect of this program, 130 interrupted.',
  );
  return program;
}

/** Leaves out the line's end, which the terminal adds. */
function withoutEnd(text: string): string {
  return text.replace(/\n$/, '');
}

function sayHint(hint: string | undefined): void {
  if (hint) say(`       ${hint}`);
}

/**
 * Does what a command line says, and sets the exit status of the process.
 * @param words of the command line, behind the program's name
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  try {
    await commands().parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) {
        process.exitCode = Exit.usage;
        sayHint(pastedHint(words));
      }
    } else if (error instanceof UserError) {
      say(`${styled('red', 'error:')} ${error.message}`);
      sayHint(error.hint);
      sayHint(pastedHint(words));
      process.exitCode = error instanceof VerificationError ? Exit.verification : Exit.failure;
    } else {
      say(`${styled('red', 'defect:')} ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = Exit.defect;
    }
  }
}
