export { DEFAULT_STORAGE, integerArrays, type Storage, stateBits, storages } from '../ground/index.js';
export {
  type ConnectionKindName,
  forEachJoint,
  type Placed,
  type Shape,
  type SharingMap,
  sizeOf,
  takesGreatest,
} from './connections/kind.js';
export { inputScaleOf } from './dropout.js';
export { type Format, MEAN_FRACTION, PIXEL_FRACTION, toNearest } from './format.js';
export { type Formats, formatsOf, requireExactSums } from './formats.js';
export {
  coloursOf,
  type Graph,
  type GraphConnection,
  type GraphLayer,
  graphOf,
  pictured,
} from './graph.js';
export { decodeGraph } from './graph-records.js';
export { connectionCount, endsOf, type GraphKeys, ofConnections } from './joined-connections.js';
export { isPlaced, notedLayers, withChannels } from './network-notation.js';
export type { NetworkParameters, StateArray, WeightArray } from './network-parameters.js';
export { noiseKey, noiseOf, Phase } from './noise.js';
export { nudgeNote } from './nudge-note.js';
export { flashCommand, partsOf, partsOfNetwork } from './parts-of.js';
export {
  isSamePicture,
  type Picture,
  pictureName,
  pictureNotation,
  pictureOf,
  pixelsOf,
  shapeName,
} from './picture.js';
export { spared } from './pixel-spikes.js';
export { presetNames, readPreset, tunedFor } from './presets.js';
export { mix32, randomKey, randomWord, Stream } from './random.js';
export {
  describeKey,
  evaluationIterations,
  nearest,
  nudgeOf,
  parseRange,
  type Recipe,
  type RecipeKey,
  recipeKeys,
  recipeSchema,
} from './recipe.js';
export { checkRecipe } from './recipe-check.js';
export {
  configureRequest,
  contrastDivisor,
  dependsOnLength,
  glorotLimit,
  initialiseRequest,
  initialLimits,
  meanScale,
  type RealRates,
  ratesAt,
  realRates,
  roundedDynamics,
  type StepRates,
  trainRequest,
} from './requests.js';
export {
  type FeatureRange,
  hasBothSigns,
  inputsEach,
  levelsOf,
  rawOf,
  type Scaling,
  type ScalingStep,
  scaleRaw,
  scalingSchema,
  stepFor,
} from './scaling.js';
export { seenAt } from './seen.js';
