/** A Redis and a folder of its own, and the processes that train a comparison's cells by it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { expect } from 'vitest';
import { loadRun } from '#host/records/index';
import { type Running, start } from '../cli/command.js';
import { smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { type RedisServer, startRedis } from './redis.js';

export class Workplace {
  #folder: ReturnType<typeof temporaryFolder> | undefined;
  #redis: RedisServer | undefined;
  readonly #workers: Running[] = [];

  async open(): Promise<void> {
    this.#folder = temporaryFolder();
    writeSmallData(this.#folder.path);
    this.#redis = await startRedis();
  }

  async close(): Promise<void> {
    await this.#redis?.stop();
    this.#folder?.remove();
  }

  get redis(): RedisServer {
    if (!this.#redis) throw new Error('it is not open');
    return this.#redis;
  }

  get environment(): Readonly<Record<string, string>> {
    return { EQPROP_QUEUE: this.redis.address };
  }

  readonly at = (name: string): string => join(this.#folder?.path ?? '', name);

  /** Four cells. */
  readonly gridFile = (name: string, epochs: number): string => {
    const path = this.at(`${name}.toml`);
    const recipe = { ...smallValues, epochs };
    const preset = this.at(`${name}-preset.toml`);
    writeFileSync(preset, stringify(recipe));
    const grid = { weights: ['Q1.14', 'Q2.13'], seed: [1, 2] };
    writeFileSync(path, stringify({ preset, data: this.at('.'), grid }));
    return path;
  };

  readonly compare = (grid: string, out: string, ...more: readonly string[]): Running =>
    this.#start('compare', grid, '--out', this.at(out), '--no-reference', '--json', ...more);

  readonly goOn = (out: string, ...more: readonly string[]): Running =>
    this.#start('compare', '--resume', this.at(out), '--queue', '--json', ...more);

  readonly work = (...more: readonly string[]): Running => {
    const worker = this.#start(
      ...['work', '--json', '--give-up', '3', '--checkpoint-interval', '0.1'],
      ...more,
    );
    this.#workers.push(worker);
    return worker;
  };

  /** A worker that a failed test left would take the next one's cells. */
  async endWorkers(): Promise<void> {
    const left = this.#workers.splice(0);
    for (const worker of left) worker.kill();
    await Promise.all(left.map(({ ended }) => ended));
  }

  /** Digests of the cells, by their names. */
  readonly digests = (out: string): Readonly<Record<string, string>> => {
    const cells = join(this.at(out), 'cells');
    return Object.fromEntries(
      readdirSync(cells).map((id) => [id, loadRun(join(cells, id)).state.position.digest]),
    );
  };

  /** All that must be the same of a comparison, wherever its cells were trained. */
  readonly found = (out: string) => {
    const { groups } = JSON.parse(readFileSync(join(this.at(out), 'cells.json'), 'utf8'));
    return { groups, digests: this.digests(out) };
  };

  #start(...words: readonly string[]): Running {
    return start(words, { environment: this.environment });
  }
}

/** Told with what it said where it does not. */
export async function succeeds({ ended }: Running): Promise<void> {
  const { code, stdout, stderr } = await ended;
  expect(code, `${stdout.slice(-2000)}${stderr}`).toBe(0);
}

/** Names of the cells of a grid. */
export const IDS = ['w-Q1.14_seed-1', 'w-Q1.14_seed-2', 'w-Q2.13_seed-1', 'w-Q2.13_seed-2'] as const;

/** Flags of workers that are slow, and not lost. */
export const patient = ['--give-up', '60'];

/** Epochs of runs that something happens to meanwhile. */
export const LONG = 16;
