/** Every unit of one layer with every unit of the other: element [i][j]. */
import { type Kind, sizeOf } from './kind.js';

export const dense: Kind = {
  words: [],
  check: () => {},
  map: ({ pre, post }) => {
    const [rows, columns] = [sizeOf(pre), sizeOf(post)];
    return { rows, columns, element: (i, j) => i * columns + j, fan: [rows, columns] };
  },
};
