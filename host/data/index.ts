export {
  classNameOf,
  type Dataset,
  highest,
  type ImageSet,
  type Preparation,
  preparationOf,
  type Samples,
  type SetName,
  setOf,
  split,
} from './dataset.js';
export { ExampleForm, noInput, placesIn } from './example.js';
export { type Greyness, greynessOf } from './greyness.js';
export { type DataSetOptions, dataSet, type Examples } from './in-memory.js';
export { loadDataset, loadSet } from './load.js';
export { epochOrder, identityOrder } from './order.js';
export { type FeatureRow, featureRows, STREAM } from './readers/feature-rows.js';
export { type Order, type Reading, readingSchema, readingWords, withWholePaths } from './reading.js';
export { type ClassCount, type DatasetSummary, type FeatureSummary, levelsOf, summarise } from './summary.js';
export type { Features } from './table.js';
