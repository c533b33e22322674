/** Who may look on: whoever knows the token in the address, and asks this computer by its own name. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN_BYTES = 16;

/** Names of this computer alone: a page of elsewhere, whose name somebody lets point here, asks by that name. */
const OWN_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

export class Gate {
  readonly token = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #digest = digestOf(this.token);

  /** @param given as it is in a path; compared in the same time, whatever it is */
  knows(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#digest);
  }

  /** @param host as the request names it; a port may be another, as at the near end of a tunnel */
  isOwnName(host: string | undefined): boolean {
    return OWN_NAMES.has((host ?? '').toLowerCase().replace(/:\d*$/, ''));
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
