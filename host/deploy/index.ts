export { library } from './library.js';
export type { Deployed } from './network-c.js';
