/**
 * An error a user can act on: `message` says what was wrong and where, `hint` what to do about it.
 * Everything else that is thrown is a defect of this program.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Says what was wrong and what to do about it, on one line. */
export function reasonOf({ message, hint }: Pick<UserError, 'message' | 'hint'>): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
