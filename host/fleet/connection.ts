/** The connection to the queue's store, looked at before anything is put there. */
import { UserError } from '../ground/index.js';
import type { Address } from './address.js';
import { type Engine, type Job, loadEngine, PREFIX, type Queue, type Redis } from './engine.js';

/** Told where a line is lost meanwhile, and when it is back. */
export interface LineEvents {
  onLost(): void;
  onBack(): void;
}

export interface Connection {
  readonly engine: Engine;
  readonly redis: Redis;
  /** `host:port` */
  readonly name: string;
  /** An error of the store as people may read it; a defect of this program as it is. */
  explain(error: unknown): Error;
  close(): void;
}

/** @throws `UserError` where the store cannot be reached, does not let us in, or would throw things away */
export async function connect(address: Address, events: LineEvents): Promise<Connection> {
  const engine = await loadEngine();
  await tryOnce(engine, address);
  const redis = new engine.Redis(address.options);
  await redis.connect();
  let isLost = false;
  let isEnding = false;
  // Why it cannot be reached changes from try to try: it is there or it is not.
  redis.on('error', () => undefined);
  redis.on('close', () => {
    if (!isLost && !isEnding) events.onLost();
    isLost = true;
  });
  redis.on('ready', () => {
    if (isLost) events.onBack();
    isLost = false;
  });
  return {
    engine,
    redis,
    name: address.name,
    explain: (error) => explained(error, address),
    close: () => {
      isEnding = true;
      redis.disconnect();
    },
  };
}

/** A queue by its name, to be closed. */
export function queueNamed(name: string, { engine, redis }: Connection): Queue {
  const queue = new engine.Queue(name, { connection: redis, prefix: PREFIX, skipVersionCheck: true });
  // Errors of the line are told by the connection itself.
  queue.on('error', () => undefined);
  return queue;
}

const MOST_FOLLOWED = 10_000;

/** The jobs that workers have, the first of very many. */
export function jobsUnderWay(queue: Queue): Promise<readonly (Job | undefined)[]> {
  return queue.getJobs(['active'], 0, MOST_FOLLOWED - 1);
}

/** Tries to take a queue away that others leave, or take away, meanwhile. */
const TRIES = 20;

/** Takes a queue away with all that is in it. */
export async function obliterate(queue: Queue): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await queue.obliterate({ force: true });
      return;
    } catch (error) {
      // The engine pauses it first, and others may have taken the mark of that away.
      if (tries === TRIES || !/non-paused/.test(wordsOf(error))) throw error;
    }
  }
}

/** In one try: later ones would say nothing. */
async function tryOnce({ Redis }: Engine, address: Address): Promise<void> {
  const redis = new Redis({ ...address.options, retryStrategy: () => null });
  let complaint: Error | undefined;
  redis.on('error', (error) => {
    complaint = error;
  });
  try {
    await redis.connect();
    await requireKept(redis, address);
  } catch (error) {
    // The error of the line says more than that it was closed.
    throw error instanceof UserError ? error : explained(complaint ?? error, address);
  } finally {
    redis.disconnect();
  }
}

/** A store that evicts would lose what is put there. */
async function requireKept(redis: Redis, { name }: Address): Promise<void> {
  const info = String(await redis.call('INFO', 'memory'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return;
  throw new UserError(
    `the Redis at ${name} throws away what it holds when its memory is full: its maxmemory-policy is ${policy}`,
    'set it: redis-cli config set maxmemory-policy noeviction, and the same in redis.conf',
  );
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    'start it, or name another one in EQPROP_QUEUE',
  ],
  [/certificate/i, 'have who signed it trusted: NODE_EXTRA_CA_CERTS=ca.crt'],
  [/WRONGPASS|NOAUTH|invalid password/i, 'user and password stand in EQPROP_QUEUE'],
  [/NOPERM/, 'give the user of EQPROP_QUEUE these rights: ~* +@all -@admin +info +client'],
  [/^OOM/, 'give it more memory (maxmemory), or finish and clear what else it holds'],
  [/MISCONF|READONLY/, 'it cannot keep what is written: look at its log'],
];

/** Errors that a store has no part in. */
const DEFECTS = [TypeError, RangeError, ReferenceError];

/** Without a cause: that may know the password. */
function explained(error: unknown, { name, options, redact }: Address): Error {
  if (error instanceof UserError) return error;
  if (error instanceof Error && DEFECTS.some((kind) => error instanceof kind)) return error;
  const words = wordsOf(error);
  const isOtherLine = options.tls !== undefined || /ECONNRESET/.test(words);
  const hints = [
    HINTS.find(([pattern]) => pattern.test(words))?.[1],
    isOtherLine && 'rediss:// is for an encrypted line, redis:// for a plain one',
  ].filter((hint) => hint);
  return new UserError(`the Redis at ${name}: ${redact(words)}`, hints.join('; ') || undefined);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message || code || error.name;
}
