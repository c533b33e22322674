/** Every unit of a layer with every other one of it, by one weight for both ways: element [i][j] of a pair i < j. */
import { UserError } from '../../ground/index.js';
import { type Kind, sizeOf } from './kind.js';

export const lateral: Kind = {
  words: [],
  check: ({ pre }) => {
    if (sizeOf(pre) < 2)
      throw new UserError(
        `a lateral connection in a layer of ${sizeOf(pre)} unit`,
        'it joins units with each other: the layer needs two or more',
      );
  },
  map: ({ pre }) => {
    const units = sizeOf(pre);
    return {
      rows: units,
      columns: units,
      element: (i, j) => (i < j ? i * units + j : -1),
      fan: [units - 1, units - 1],
    };
  },
};
