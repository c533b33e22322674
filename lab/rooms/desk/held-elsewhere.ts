/** Tells whether another tab of this site holds a board: a port does not say who has it open. */

const NAME = 'eqprop board';

/** Takes a mark away. */
export type Mark = () => void;

/** Tells other tabs that this one holds a board, until the mark is taken away or the tab is closed. */
export function markHeld(): Promise<Mark> {
  return new Promise((resolve) => {
    void navigator.locks.request(NAME, { mode: 'shared' }, () => new Promise<void>((free) => resolve(free)));
  });
}

/** Asked by a tab that holds none itself. */
export async function isHeldElsewhere(): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === NAME) ?? false;
}
