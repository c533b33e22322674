export {
  classNameOf,
  type Dataset,
  firstOfEach,
  highest,
  type ImageSet,
  type Origin,
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
export { dataSetOf, loadDataset, loadSet } from './load.js';
export { epochOrder, identityOrder } from './order.js';
export { STREAM } from './readers/feature-rows.js';
export { parseNpy } from './readers/npy.js';
export {
  type Order,
  type Reading,
  readingKeys,
  readingOfKeys,
  readingSchema,
  readingWords,
  SHAPE_FORM,
  shapeIn,
  withWholePaths,
} from './reading.js';
export { type ClassCount, type DatasetSummary, type FeatureSummary, summarise } from './summary.js';
export type { Features } from './table.js';
export { examplesIn } from './to-predict.js';
