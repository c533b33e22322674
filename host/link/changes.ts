/** Finds how bytes changed on their way. */

/** The byte of the probe at a place was lost, became another, or has another before it that nobody sent. */
export type Change =
  | { readonly kind: 'lost'; readonly at: number; readonly byte: number }
  | { readonly kind: 'changed'; readonly at: number; readonly byte: number; readonly into: number }
  | { readonly kind: 'added'; readonly at: number; readonly byte: number };

/** Changes by what they are: the same one has the same key. */
export type Changes = ReadonlyMap<string, Change>;

/** Bytes that become others are likelier than as many that are lost and as many added. */
const SWAP = 2;
const GAP = 3;

/** The least changes that make the one of the other. */
export function changesBetween(sent: Uint8Array, received: Uint8Array): Changes {
  const costs = costsOf(sent, received);
  const width = received.length + 1;
  const changes: Change[] = [];
  for (let [i, j] = [0, 0]; i < sent.length || j < received.length; ) {
    const rest = costs[i * width + j];
    const isBoth = i < sent.length && j < received.length;
    if (isBoth && costs[(i + 1) * width + j + 1] + (sent[i] === received[j] ? 0 : SWAP) === rest) {
      if (sent[i] !== received[j]) changes.push({ kind: 'changed', at: i, byte: sent[i], into: received[j] });
      i++;
      j++;
    } else if (j < received.length && costs[i * width + j + 1] + GAP === rest) {
      changes.push({ kind: 'added', at: i, byte: received[j] });
      j++;
    } else {
      changes.push({ kind: 'lost', at: i, byte: sent[i] });
      i++;
    }
  }
  return new Map(changes.map((change) => [Object.values(change).join(), change]));
}

/** Returns the cost of the changes that remain from each place of the one and each place of the other on. */
function costsOf(sent: Uint8Array, received: Uint8Array): Uint16Array {
  const width = received.length + 1;
  const costs = new Uint16Array((sent.length + 1) * width);
  for (let i = sent.length; i >= 0; i--)
    for (let j = received.length; j >= 0; j--) {
      const left = sent.length - i;
      const here = i * width + j;
      if (left === 0 || j === received.length) costs[here] = GAP * (left + received.length - j);
      else
        costs[here] = Math.min(
          costs[here + width + 1] + (sent[i] === received[j] ? 0 : SWAP),
          costs[here + width] + GAP,
          costs[here + 1] + GAP,
        );
    }
  return costs;
}

/** Those of `some` that `others` are too. */
export function common(some: Changes, others: Changes): Changes {
  return new Map([...some].filter(([key]) => others.has(key)));
}
