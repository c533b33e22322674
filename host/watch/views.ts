/** Pages of what is watched: a run's, or all runs' side by side. */
import { UserError } from '../ground/index.js';
import { holdLease, releaseLease } from '../live/index.js';
import {
  livePage,
  type OverviewData,
  overviewOf,
  overviewPage,
  type ReportData,
  waitingPage,
} from '../report/index.js';
import { FolderReport, reportOf } from '../runs/index.js';
import { ChangingPage } from './changing-page.js';
import type { FoundRun } from './find-runs.js';

/** A page, looked at anew when somebody reads it. */
export interface View {
  readonly page: ChangingPage;
  /** The path of the report as which it goes on, where all is over. */
  readonly report: string | undefined;
  /**
   * Looks whether anything has changed.
   * @param isLast nobody will look again: what is not over goes on as its report too, where it has one
   */
  look(isLast?: boolean): void;
  /** Tells those whom it watches that it does not any more. */
  leave(): void;
}

/** Where a page goes on when all is over, relative to it. */
export const REPORT_PATH = 'report';

export class RunView implements View {
  readonly page = new ChangingPage();
  readonly #folder: FolderReport;
  #mark: string | undefined;

  constructor(private readonly run: FoundRun) {
    this.#folder = new FolderReport(run.path);
  }

  get report(): string | undefined {
    return reportOf(this.run.path, [this.#folder]);
  }

  look(isLast = false): void {
    if (this.#folder.isRunning) holdLease(this.run.path);
    const mark = `${this.#folder.mark} ${isLast}`;
    if (mark === this.#mark) return;
    this.#mark = mark;
    const { data, why } = read(this.#folder);
    this.page.update(
      data ? livePage(data) : waitingPage(this.run.name, why),
      isLast || isOver([data]) ? nextOf(this) : undefined,
    );
  }

  leave(): void {
    releaseLease(this.run.path);
  }
}

export interface ShownRuns {
  /** Each with its page's address, relative to the overview's. */
  readonly runs: readonly (FoundRun & { readonly link: string })[];
  /** The others there are. */
  readonly hidden: readonly FoundRun[];
}

export class OverviewView implements View {
  readonly page = new ChangingPage();
  readonly #runs = new Map<
    string,
    { readonly folder: FolderReport; mark?: string; data?: OverviewData | undefined }
  >();
  #hidden: readonly FoundRun[] = [];

  /**
   * @param folders that are watched
   * @param find the runs that there are now
   */
  constructor(
    private readonly folders: readonly string[],
    private readonly find: () => ShownRuns,
  ) {}

  /** A collection's, such as a comparison's. */
  get report(): string | undefined {
    const shown = [...this.#runs.values()].map(({ folder }) => folder);
    const runs = [...shown, ...this.#hidden.map(({ path }) => new FolderReport(path))];
    return this.folders.length === 1 ? reportOf(this.folders[0], runs) : undefined;
  }

  look(isLast = false): void {
    const { runs, hidden } = this.find();
    this.#hidden = hidden;
    for (const { path } of runs) {
      const run = this.#runs.get(path) ?? { folder: new FolderReport(path) };
      this.#runs.set(path, run);
      const { mark } = run.folder;
      if (mark === run.mark) continue;
      run.mark = mark;
      // Read by one of its own: nothing is kept of what it has loaded.
      const { data } = read(new FolderReport(path));
      run.data = data && overviewOf(data);
    }
    this.page.update(
      overviewPage(
        this.folders.join(', '),
        runs.map(({ name, link, path }) => {
          const data = this.#runs.get(path)?.data;
          return { name, link, ...(data && { data }) };
        }),
        hidden.length,
      ),
      isLast || isOver(runs.map(({ path }) => this.#runs.get(path)?.data)) ? nextOf(this) : undefined,
    );
  }

  leave(): void {
    // It reads what runs save for themselves, and asks them for nothing.
  }
}

/** An interrupted run has a report too, and may be gone on with. */
function isOver(runs: readonly (Pick<OverviewData, 'underWay'> | undefined)[]): boolean {
  return runs.every((data) => data && !data.underWay);
}

function nextOf({ report }: Pick<View, 'report'>): string | undefined {
  return report === undefined ? undefined : REPORT_PATH;
}

function read(folder: FolderReport): { readonly data?: ReportData; readonly why: string } {
  try {
    const data = folder.read();
    return data ? { data, why: '' } : { why: 'Waiting for the run to begin.' };
  } catch (error) {
    if (error instanceof UserError) return { why: error.message };
    throw error;
  }
}
