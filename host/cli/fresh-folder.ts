/** Folders for what a command makes where the command line names none. */
import { basename, join } from 'node:path';
import { makeFolder, removeEmpty, writing } from '../files/index.js';
import { timestamp } from './timestamp.js';

/**
 * Makes a folder of no other process, named by the title and the time, and by a number where others of that title began
 * in the same second. One that nothing was put into is gone with this process.
 */
export function freshFolder(room: string, title?: string): string {
  const wanted = join(room, [title, timestamp()].filter((part) => part).join('-'));
  return writing(wanted, () => {
    for (let n = 1; ; n++) {
      const path = n === 1 ? wanted : `${wanted}-${n}`;
      const made = makeFolder(path);
      if (made.at(-1) !== path) continue;
      // Whichever process ends last finds the room empty, not the one that made it.
      process.once('exit', () => removeEmpty([...new Set([room, ...made])]));
      return path;
    }
  });
}

/** A preset's name, or that of its file, as a folder's: no option begins with it. */
export function titleOf(preset: string): string {
  return (
    basename(preset, '.toml')
      .replace(/[^\p{L}\p{N}_]+/gu, '-')
      .replace(/^-+|-+$/g, '') || 'run'
  );
}
