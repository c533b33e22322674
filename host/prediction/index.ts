export { loadModel, type Model, type Prediction } from './model.js';
export { type PredictedRow, predictRows } from './rows.js';
export { chooseThreshold } from './threshold.js';
