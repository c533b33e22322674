/** Elements of a room, by their names. */

/** Throws `Error` where there is none, or of another kind. */
export function find<E extends HTMLElement>(place: ParentNode, selector: string, kind: new () => E): E {
  const found = place.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`there is no ${selector}`);
  return found;
}

/** Has something done before the next frame, once, however often it is asked for. */
export function eachFrame(work: () => void): () => void {
  let isWanted = false;
  return () => {
    if (isWanted) return;
    isWanted = true;
    requestAnimationFrame(() => {
      isWanted = false;
      work();
    });
  };
}
