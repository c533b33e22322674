/** The address of the queue's store: redis://user:password@host:port/number, rediss:// where the line is encrypted. */
import { isIP } from 'node:net';
import { UserError } from '../ground/index.js';
import type { RedisOptions } from './engine.js';

export const QUEUE_VARIABLE = 'EQPROP_QUEUE';

const PORT = 6379;
/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const LONGEST_PAUSE = 2000;

export interface Address {
  /** `host:port`, for people: nothing secret. */
  readonly name: string;
  readonly options: RedisOptions;
  /** Takes the password out of a text. */
  redact(text: string): string;
}

/**
 * @param text never told to anybody: there may be a password in it
 * @throws `UserError` where it is no such address
 */
export function parseAddress(text: string | undefined): Address {
  if (text === undefined || text === '')
    throw new UserError(
      `there is no queue: ${QUEUE_VARIABLE} is not set`,
      `set it to the address of a Redis: export ${QUEUE_VARIABLE}=redis://user:password@host:${PORT}`,
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = /^\/?(\d*)$/.exec(url?.pathname ?? '')?.[1];
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '' || db === undefined)
    throw new UserError(
      `${QUEUE_VARIABLE} is no address of a Redis`,
      `write redis://user:password@host:${PORT}, rediss:// for an encrypted line, signs such as @ in a password percent-encoded`,
    );
  const secret = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new UserError(
        `${QUEUE_VARIABLE}: user and password have a % that encodes nothing`,
        'write the sign % itself as %25',
      );
    }
  };
  // Brackets around an IPv6 address are the URL's own.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? PORT : Number(url.port);
  const [username, password] = [secret(url.username), secret(url.password)];
  const secrets = [password, url.password].filter((word) => word !== '');
  return {
    name: `${url.hostname}:${port}`,
    options: {
      host,
      port,
      db: Number(db),
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
      ...(url.protocol === 'rediss:' && { tls: isIP(host) ? {} : { servername: host } }),
      maxRetriesPerRequest: null,
      lazyConnect: true,
      retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE),
      connectTimeout: CONNECT_TIMEOUT,
    },
    redact: (words) => secrets.reduce((left, word) => left.replaceAll(word, '***'), words),
  };
}
