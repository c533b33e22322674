export { comparisonFigures, renderComparison } from './comparison/comparison-page.js';
export type {
  Advice,
  CellOutcome,
  ComparisonData,
  ErrorSources,
  Group,
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
  LabelledExample,
  Learnt,
  Mistake,
  Occupancy,
  ReportData,
  Settling,
  SettlingStage,
  Symptom,
  Tensor,
} from './data.js';
export { type ClassExample, renderDataPage } from './data-page.js';
export { DivergenceCurve } from './divergence-curve.js';
export { renderDocument } from './document.js';
export { type DrawnExample, exampleOf } from './examples.js';
export { colourStops, divergingPalette, scaledFields } from './receptive-fields.js';
export { renderReport } from './report.js';
export { style } from './style.js';
