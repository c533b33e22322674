/** A dense matrix of which only the upper triangle is there: as windows, what joins no units stays out. */
export { form } from './windows.js';
