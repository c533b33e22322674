// Loops of the builds with SIMD that take most of their time: where one becomes C, a processor may have its own form of them.
export { changeVectors } from './arithmetic/changes';
export { addStatePairs } from './arithmetic/pairs';
export { sumProducts } from './arithmetic/products';
