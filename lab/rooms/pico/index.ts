/** *Train a Pico in this tab*: the firmware itself, in an emulated chip. */
import { html } from '#host/drawing/index.js';
import { BoardBench, boardBench } from '../../page/board-bench.js';
import type { Room } from '../room.js';
import { EmulatedPico, emulated } from './emulated-pico.js';

const page = html`
<h1>Train a Pico in this tab</h1>
<p class="lead">A Raspberry Pi Pico in this page: the firmware that is put on boards, run instruction by instruction, and trained over
its serial line as a board on a desk is. A twin does all of the work again, and every reply must be equal to the last bit. Pull its plug
in the middle: the run goes on when it is back.</p>
<p class="note">Its time is counted in cycles of the chip; those that it would wait for its flash are not among them, nor is the line.</p>
${boardBench('The Pico is off: training switches it on.')}`;

const without = html`
<h1>Train a Pico in this tab</h1>
<p role="status" id="said">This site was built without firmware, for want of a compiler for the board: npm run lab says why. The other
rooms need none.</p>`;

export const room: Room = {
  open(place) {
    if (!emulated) {
      place.innerHTML = without.text;
      return () => {};
    }
    place.innerHTML = page.text;
    const pico = new EmulatedPico(emulated);
    const bench = new BoardBench(place, () => pico);
    return () => {
      bench.close();
      pico.close();
    };
  },
};
