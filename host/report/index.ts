export { comparisonFigures, renderComparison } from './comparison/comparison-page.js';
export type {
  Advice,
  CellOutcome,
  ComparisonData,
  ErrorSources,
  Group,
  Spread,
  Verdict,
} from './comparison/data.js';
export { byInterest } from './comparison/labels.js';
export type {
  Checks,
  Compared,
  DivergenceRecord,
  DriveHeadroom,
  EpochRecord,
  Facts,
  Headline,
  Kernels,
  Mistake,
  Occupancy,
  ReportData,
  Settling,
  SettlingStage,
  Symptom,
  Tensor,
} from './data.js';
export { type DrawnExample, renderDataPage } from './data-page.js';
export { DivergenceCurve } from './divergence-curve.js';
export { renderDocument } from './document.js';
export { renderReport } from './report.js';
