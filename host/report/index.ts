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
  StretchRecord,
  Symptom,
  Tensor,
  UnderWay,
} from './data.js';
export { type ClassExample, renderDataPage } from './data-page.js';
export { DivergenceCurve } from './divergence-curve.js';
export { REPORT_POLICY, renderDocument } from './document.js';
export { type DrawnExample, exampleOf } from './examples.js';
export {
  LIVE_POLICY,
  type LiveChange,
  type LivePage,
  type LivePart,
  livePage,
  liveScript,
  renderLiveDocument,
  waitingPage,
} from './live.js';
export { type OverviewData, overviewOf, overviewPage } from './overview.js';
export { colourStops, divergingPalette, scaledFields } from './receptive-fields.js';
export { renderReport } from './report.js';
export { style } from './style.js';
