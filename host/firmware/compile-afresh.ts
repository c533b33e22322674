/** Compiling where the compiler's memory may be damaged. */
import { join } from 'node:path';
import { rename } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { type Toolchain, withMemory } from './toolchain.js';

/** Words of the compiler's that tell of no source: an error by its name alone. */
const INNER_ERROR = /error: [A-Z][A-Za-z]+$/m;

/**
 * The compiler trusts what it compiled before, and where that is damaged fails each time. A second try remembers nothing;
 * only if it succeeds was the memory to blame, which other processes may be using.
 * @param compile compiles in a new folder
 */
export async function compileAfresh<T>(
  workshop: string,
  toolchain: Toolchain,
  compile: (folder: string, toolchain: Toolchain) => Promise<T>,
): Promise<T> {
  const { memory } = toolchain;
  try {
    return await compile(workshop, toolchain);
  } catch (error) {
    if (!(error instanceof UserError && (error.message.includes(memory) || INNER_ERROR.test(error.message))))
      throw error;
    const fresh = withMemory(toolchain, join(workshop, 'memory'));
    const made = await compile(join(workshop, 'again'), fresh);
    forget(memory, join(workshop, 'forgotten'));
    return made;
  }
}

function forget(memory: string, to: string): void {
  try {
    rename(memory, to);
  } catch (error) {
    // Another process may have been first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
