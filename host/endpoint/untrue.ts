import { UserError } from '../ground/index.js';

/** The device says what cannot be so. Frames are checked, so it was not the line, and opening it again would not help. */
export class UntrueError extends UserError {
  override readonly name = 'UntrueError';

  constructor(message: string) {
    super(
      message,
      'its firmware is not what it should be: eqprop flash <board> puts this version on the board',
    );
  }
}
