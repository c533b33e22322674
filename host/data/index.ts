export {
  type Dataset,
  highest,
  type ImageSet,
  loadDataset,
  loadSet,
  type Samples,
  type SetName,
  setOf,
  split,
} from './dataset.js';
export { epochOrder, identityOrder } from './order.js';
