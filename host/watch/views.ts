/** Pages of what is watched: a run's, or all runs' side by side. */
import { UserError } from '../ground/index.js';
import { holdLease, releaseLease } from '../live/index.js';
import { livePage, overviewPage, type ReportData, waitingPage } from '../report/index.js';
import { FolderReport } from '../runs/index.js';
import { ChangingPage } from './changing-page.js';
import type { FoundRun } from './find-runs.js';

/** A page, looked at anew when somebody reads it. */
export interface View {
  readonly page: ChangingPage;
  /** Looks whether anything has changed. */
  look(): void;
  /** Tells those whom it watches that it does not any more. */
  leave(): void;
}

/** Where a run's page goes on when the run is over, relative to it. */
export const REPORT_PATH = 'report';

export class RunView implements View {
  readonly page = new ChangingPage();
  readonly #folder: FolderReport;
  #mark: string | undefined;

  constructor(private readonly run: FoundRun) {
    this.#folder = new FolderReport(run.path);
  }

  /** The path of its report, where the run is over. */
  get report(): string | undefined {
    return this.#folder.report;
  }

  look(): void {
    if (this.#folder.isRunning) holdLease(this.run.path);
    const { mark } = this.#folder;
    if (mark === this.#mark) return;
    this.#mark = mark;
    const { data, why } = read(this.#folder);
    const next = this.report === undefined ? undefined : REPORT_PATH;
    this.page.update(data ? livePage(data) : waitingPage(this.run.name, why), next);
  }

  leave(): void {
    releaseLease(this.run.path);
  }
}

export class OverviewView implements View {
  readonly page = new ChangingPage();
  readonly #runs = new Map<
    string,
    { readonly folder: FolderReport; mark?: string; data?: ReportData | undefined }
  >();

  /**
   * @param title of them all
   * @param find the runs that there are now, each with its page's address relative to this one
   */
  constructor(
    private readonly title: string,
    private readonly find: () => readonly (FoundRun & { readonly link: string })[],
  ) {}

  look(): void {
    const runs = this.find();
    let hasChanged = this.page.version === 0;
    for (const { path } of runs) {
      const run = this.#runs.get(path) ?? { folder: new FolderReport(path) };
      this.#runs.set(path, run);
      const { mark } = run.folder;
      if (mark === run.mark) continue;
      run.mark = mark;
      run.data = read(run.folder).data;
      hasChanged = true;
    }
    if (!hasChanged) return;
    this.page.update(
      overviewPage(
        this.title,
        runs.map(({ name, link, path }) => {
          const data = this.#runs.get(path)?.data;
          return { name, link, ...(data && { data }) };
        }),
      ),
    );
  }

  leave(): void {
    // It reads what runs save for themselves, and asks them for nothing.
  }
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
