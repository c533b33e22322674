/** A run's log as its report has it: read once, a line at a time, for it may be longer than memory. */
import type {
  DivergenceMetrics,
  EpochMetrics,
  FinalMetrics,
  RunFolder,
  SymptomMetrics,
} from '../records/index.js';
import { DivergenceCurve, type DivergenceRecord } from '../report/index.js';

export interface RunLog {
  readonly epochs: readonly EpochMetrics[];
  readonly symptoms: readonly SymptomMetrics[];
  /** The end, where all of the run was trained and measured. */
  readonly final: FinalMetrics | undefined;
  /** Minibatches compared with the reference. */
  readonly compared: number;
  /** The same, neighbours joined where they are many. */
  readonly divergence: readonly DivergenceRecord[];
  /** All of them joined; nothing where none was compared. */
  readonly overall: DivergenceRecord | undefined;
}

/** Throws `UserError` where the log is not one. */
export function readLog(folder: RunFolder): RunLog {
  const epochs: EpochMetrics[] = [];
  const symptoms: SymptomMetrics[] = [];
  const curve = new DivergenceCurve();
  const whole = new DivergenceCurve(1);
  let compared = 0;
  let final: FinalMetrics | undefined;
  for (const entry of folder.entries()) {
    if (entry.kind === 'epoch') epochs.push(entry);
    if (entry.kind === 'symptom') symptoms.push(entry);
    if (entry.kind === 'final') final = entry;
    if (entry.kind !== 'divergence') continue;
    const record = divergenceRecord(entry);
    curve.add(record);
    whole.add(record);
    compared++;
  }
  return { epochs, symptoms, final, compared, divergence: curve.points, overall: whole.points[0] };
}

function divergenceRecord(metrics: DivergenceMetrics): DivergenceRecord {
  const { step, stateRms, stateWorst, contrastCosines, predictionsAgree } = metrics;
  return { step, stateRms, stateWorst, contrastCosines, predictionsAgree };
}
