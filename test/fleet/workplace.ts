/** A Redis and a folder of its own, and the processes that train a comparison's cells by it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { expect } from 'vitest';
import { jsonLines, type Running } from '../cli/command.js';
import { smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { digestsIn, foundIn, Processes, WORK } from './comparisons.js';
import { hasRedis, type RedisServer, startRedis } from './redis.js';

export class Workplace {
  #folder: ReturnType<typeof temporaryFolder> | undefined;
  #redis: RedisServer | undefined;
  readonly #processes = new Processes();

  /**
   * Does nothing without a redis-server: its tests are skipped then.
   * @param images numbers that `writeSmallData` takes
   */
  async open(...images: readonly [training?: number, side?: number]): Promise<void> {
    if (!hasRedis) return;
    this.#folder = temporaryFolder();
    mkdirSync(this.data);
    writeSmallData(this.data, ...images);
    this.#redis = await startRedis();
  }

  async close(): Promise<void> {
    await this.#redis?.stop();
    this.#folder?.remove();
  }

  /** Ends what a failed test left: it would take the next one's cells. */
  async tidy(): Promise<void> {
    await this.#processes.end();
    await this.#redis?.flush();
  }

  get redis(): RedisServer {
    if (!this.#redis) throw new Error('it is not open');
    return this.#redis;
  }

  get environment(): Readonly<Record<string, string>> {
    return { EQPROP_QUEUE: this.redis.address };
  }

  get data(): string {
    return this.at('data');
  }

  readonly at = (...names: readonly string[]): string => join(this.#folder?.path ?? '', ...names);

  /** Four cells. */
  readonly gridFile = (name: string, epochs: number): string => {
    const preset = this.at(`${name}-preset.toml`);
    writeFileSync(preset, stringify({ ...smallValues, epochs }));
    const path = this.at(`${name}.toml`);
    const grid = { weights: ['Q1.14', 'Q2.13'], seed: [1, 2] };
    writeFileSync(path, stringify({ preset, data: this.data, grid }));
    return path;
  };

  readonly eqprop = (...words: readonly string[]): Running =>
    this.#processes.start(words, { environment: this.environment });

  readonly compare = (grid: string, out: string, ...more: readonly string[]): Running =>
    this.eqprop('compare', grid, '--out', this.at(out), '--no-reference', '--json', ...more);

  readonly goOn = (out: string, ...more: readonly string[]): Running =>
    this.eqprop('compare', '--resume', this.at(out), '--queue', '--json', ...more);

  readonly work = (...more: readonly string[]): Running => this.eqprop(...WORK, '--give-up', '3', ...more);

  /** Resolves while a worker is under way in a cell of which a checkpoint is in the store. */
  async isMidway(worker: Running): Promise<void> {
    const isIt = async () => {
      const keys = await this.redis.keys();
      const told = jsonLines(await worker.shows('"begin"'));
      const ended = told.filter(({ kind }) => kind === 'end').map(({ id }) => id);
      const under = told.filter(({ kind, id }) => kind === 'begin' && !ended.includes(id));
      return under.some(({ id }) =>
        keys.some((key) => key.startsWith('eqprop:run:') && key.endsWith(`:${id}`)),
      );
    };
    await expect.poll(isIt).toBe(true);
  }

  readonly digests = (out: string) => digestsIn(this.at(out));
  readonly found = (out: string) => foundIn(this.at(out));
}

/** Names of the cells of a grid. */
export const IDS = ['w-Q1.14_seed-1', 'w-Q1.14_seed-2', 'w-Q2.13_seed-1', 'w-Q2.13_seed-2'] as const;

/** Flags of workers that are slow, and not lost. */
export const patient = ['--give-up', '60'];

/** Epochs of runs that something happens to meanwhile. */
export const LONG = 16;

/** Epochs of runs whose worker is killed on the way: seconds a cell, on any computer. */
export const LONGER = 8 * LONG;
