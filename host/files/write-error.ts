/** Words for what could not be written. */
import { UserError } from '../ground/index.js';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'a file may not grow so large',
  EACCES: 'it is not permitted',
  EPERM: 'it is not permitted',
  EBUSY: 'another program holds it',
  EROFS: 'the file system is read-only',
};

/** Says what to do about it, in addition to why. */
export function remedyOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return 'make room';
  const held = ['EACCES', 'EPERM', 'EBUSY'].includes(code);
  return `see to it that the folder can be written to${held ? ' and that no virus scanner or synchronisation holds its files' : ''}`;
}

/** Says why something could not be written, in a user's words. */
export function whyUnwritten(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || message;
}

/**
 * Does work that writes to a path.
 * @throws `UserError` where it cannot
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // The content itself could not be had.
    if (error instanceof UserError) throw error;
    throw new UserError(
      `could not write ${path}: ${whyUnwritten(error)}`,
      `${remedyOf(error)}, or choose another folder`,
      { cause: error },
    );
  }
}
