/** When a comparison will have ended: told anew, as its jobs end, from how long each took beside what was expected of it. */
import { timeTaken } from '../experiments/index.js';

export interface ExpectedJob {
  readonly kind: 'cell' | 'reference';
  readonly id: string;
  /** All jobs of a shape take as long for their cost. */
  readonly shape: string;
  /** The cost that is left of it: seconds, roughly, or of whatever one knows that takes so long. */
  readonly cost: number;
}

type Name = Pick<ExpectedJob, 'kind' | 'id'>;

export class Forecast {
  /** In the order in which they are begun. */
  readonly #waiting: ExpectedJob[];
  readonly #running = new Map<ExpectedJob, number>();
  readonly #taken: (readonly [job: ExpectedJob, seconds: number])[] = [];

  /**
   * @param processes at a time
   * @param inSeconds whether costs are seconds: then something can be told before any job has ended
   * @param now seconds by a clock
   */
  constructor(
    jobs: readonly ExpectedJob[],
    private readonly processes: number,
    private readonly inSeconds: boolean,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {
    this.#waiting = [...jobs];
  }

  begin(name: Name): void {
    const at = this.#waiting.findIndex((job) => isNamed(job, name));
    if (at >= 0) for (const job of this.#waiting.splice(at, 1)) this.#running.set(job, this.now());
  }

  /** @param isWhole whether it did all that was expected of it: what it took tells of others only then */
  end(name: Name, isWhole: boolean): void {
    for (const [job, began] of this.#running) {
      if (!isNamed(job, name)) continue;
      this.#running.delete(job);
      if (isWhole) this.#taken.push([job, this.now() - began]);
    }
  }

  /** Seconds until all have ended, roughly; undefined where nothing tells yet. */
  get secondsLeft(): number | undefined {
    if (!this.inSeconds && this.#taken.length === 0) return undefined;
    const now = this.now();
    const underWay = [...this.#running].map(([job, began]) =>
      Math.max(0, this.#expected(job) - (now - began)),
    );
    return timeTaken(
      this.#waiting.map((job) => this.#expected(job)),
      this.processes,
      underWay,
    );
  }

  /** By the jobs most like it that have ended: of its shape, else of its kind, else by all. */
  #expected({ kind, shape, cost }: ExpectedJob): number {
    const ofKind = this.#taken.filter(([job]) => job.kind === kind);
    const ofShape = ofKind.filter(([job]) => job.shape === shape);
    const [alike] = [ofShape, ofKind, this.#taken].filter(({ length }) => length > 0);
    if (!alike) return cost;
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const costs = sum(alike.map(([job]) => job.cost));
    // Nothing was left of them: they took what there is to begin and to end.
    const seconds = sum(alike.map(([, taken]) => taken));
    return costs > 0 ? (cost * seconds) / costs : seconds / alike.length;
  }
}

function isNamed(job: Name, { kind, id }: Name): boolean {
  return job.kind === kind && job.id === id;
}
