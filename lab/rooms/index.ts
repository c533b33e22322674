/** The rooms, in their order; each is loaded when it is entered. */
import type { Room } from './room.js';

export interface Door {
  /** Behind `#` in the address. */
  readonly name: string;
  readonly title: string;
  load(): Promise<Room>;
}

export const doors: readonly Door[] = [
  { name: 'train', title: 'Train here', load: async () => (await import('./train/index.js')).room },
  {
    name: 'settle',
    title: 'Watch it settle',
    load: async () => (await import('./settle/index.js')).room,
  },
  {
    name: 'pico',
    title: 'Train a Pico',
    load: async () => (await import('./pico/index.js')).room,
  },
  {
    name: 'desk',
    title: 'Train your board',
    load: async () => (await import('./desk/index.js')).room,
  },
  { name: 'ask', title: 'Ask a network', load: async () => (await import('./ask/index.js')).room },
];
