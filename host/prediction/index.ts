export { loadModel, Model, type Prediction, type Trained } from './model.js';
export { type PredictedRow, predictRows } from './rows.js';
export { chooseThreshold, thresholdFor } from './threshold.js';
