/** A room of the laboratory: a folder with one entry. */
export interface Room {
  /** Fills its place on the page. Returns what to do when the room is left. */
  open(place: HTMLElement): () => void;
}
