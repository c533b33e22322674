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
export { type DataSetOptions, dataSet, type Examples } from './in-memory.js';
export { loadDataset, loadSet } from './load.js';
export { epochOrder, identityOrder } from './order.js';
export { type Reading, readingSchema, readingWords, withWholePaths } from './reading.js';
export { type DatasetSummary, levelsOf, summarise } from './summary.js';
