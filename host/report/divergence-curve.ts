/** Divergence over the steps of a run: neighbours are joined, so that it fits a chart however many there are. */
import type { DivergenceRecord } from './data.js';

/** More points than a chart has pixels would only make the file large. */
const MOST_POINTS = 1000;

/** Sums over neighbouring records. */
interface Group {
  count: number;
  step: number;
  squares: number;
  worst: number;
  /** Cosines that there are, a list a connection. */
  readonly cosines: { sum: number; count: number }[];
  agree: number;
  shadows: number;
  shadowSquares: number;
}

export class DivergenceCurve {
  #groups: Group[] = [];
  /** Records that a group takes. */
  #size = 1;

  /** @param most points that are left */
  constructor(private readonly most = MOST_POINTS) {}

  /** Takes the next record. */
  add(record: DivergenceRecord): void {
    const { shadowStateRms } = record;
    this.#join({
      count: 1,
      step: record.step,
      squares: record.stateRms ** 2,
      worst: record.stateWorst,
      cosines: record.contrastCosines.map((cosine) => ({ sum: cosine ?? 0, count: Number(cosine !== null) })),
      agree: record.predictionsAgree,
      shadows: Number(shadowStateRms !== undefined),
      shadowSquares: (shadowStateRms ?? 0) ** 2,
    });
  }

  /** Root mean squares, means and, of the worst, the worst; in the order in which they were added. */
  get points(): readonly DivergenceRecord[] {
    return this.#groups.map(({ count, step, squares, worst, cosines, agree, shadows, shadowSquares }) => ({
      step,
      stateRms: Math.sqrt(squares / count),
      stateWorst: worst,
      contrastCosines: cosines.map((one) => (one.count > 0 ? one.sum / one.count : null)),
      predictionsAgree: agree / count,
      ...(shadows > 0 && { shadowStateRms: Math.sqrt(shadowSquares / shadows) }),
    }));
  }

  #join(next: Group): void {
    const last = this.#groups.at(-1);
    if (last && last.count < this.#size) addTo(last, next);
    else if (this.#groups.length < this.most) this.#groups.push(next);
    else {
      this.#size *= 2;
      const before = this.#groups;
      this.#groups = [];
      for (const group of before) this.#join(group);
      this.#join(next);
    }
  }
}

function addTo(group: Group, next: Group): void {
  group.count += next.count;
  group.step = next.step;
  group.squares += next.squares;
  group.worst = Math.max(group.worst, next.worst);
  next.cosines.forEach(({ sum, count }, k) => {
    group.cosines[k].sum += sum;
    group.cosines[k].count += count;
  });
  group.agree += next.agree;
  group.shadows += next.shadows;
  group.shadowSquares += next.shadowSquares;
}
