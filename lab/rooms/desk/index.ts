/** *Train the board on your desk*: by Web Serial. */
import { html } from '#host/drawing/index.js';
import { reasonOf, UserError } from '#host/ground/index.js';
import { type WebSerial, webSerial } from '../../browser/web-serial.js';
import { boards, imageOf } from '../../data/boards.js';
import { BoardBench, boardBench } from '../../page/board-bench.js';
import { find } from '../../page/elements.js';
import type { Room } from '../room.js';
import { SerialBoard } from './serial-board.js';

const title = html`<h1>Train the board on your desk</h1>`;

const page = html`${title}
<p class="lead">A board at a USB port learns from this page, and a twin in the page does all of its work again: every reply must be equal
to the last bit. The speed of its line is found.</p>
<p class="buttons"><button type="button" id="choose">Choose the board …</button></p>
<p class="note" id="chosen"></p>
${boardBench('No board is chosen yet.')}
${firmware()}`;

const without = html`${title}
<p role="status" id="said">This browser has no Web Serial, by which a page reaches a board. Chrome, Edge, Opera and new versions of Firefox
have it, on a computer and at an address that begins with https or is this computer’s own.</p>
<p class="lead">Without it <a href="#pico">a Pico trains in this tab</a>, and the command line trains the board: npx eqprop train --device
&lt;port&gt;.</p>
${firmware()}`;

function firmware() {
  const offered = boards.flatMap((board) => {
    const image = imageOf(board);
    return image ? [{ board, image }] : [];
  });
  if (offered.length === 0) return undefined;
  return html`
<section aria-labelledby="firmware">
<h2 id="firmware">Firmware of this page’s version</h2>
<p class="lead">A board must run it for its replies to be the twin’s. These boards take it as a file that is dragged to their drive.</p>
<ul class="downloads">${offered.map(
    ({ board, image }) =>
      html`<li><a href="${new URL(image.address, document.baseURI).href}" download="${image.name}">${board.name}: ${image.name}</a>
<span class="note">${board.bootLoader ? `${board.bootLoader}, ` : ''}drag it to ${board.volume}</span></li>`,
  )}</ul>
</section>`;
}

export const room: Room = {
  open(place) {
    const serial = webSerial();
    place.innerHTML = (serial ? page : without).text;
    return serial ? enter(place, serial) : () => {};
  },
};

function enter(place: HTMLElement, serial: WebSerial): () => void {
  const chosen = find(place, '#chosen', HTMLElement);
  let source: SerialBoard | undefined;
  const bench = new BoardBench(place, () => {
    if (!source) throw new UserError('no board is chosen', 'choose the board first');
    return source;
  });
  bench.allow(false);
  find(place, '#choose', HTMLElement).addEventListener('click', () => {
    choose().catch((error: Error) => bench.say(reasonOf(error)));
  });

  async function choose(): Promise<void> {
    if (bench.isRunning && !bench.isLost)
      throw new UserError('a board is training', 'stop it before another is chosen');
    const port = await serial.requestPort().catch((error: Error) => {
      if (error.name === 'NotFoundError') return undefined;
      throw new UserError(`the browser lets no port be chosen: ${error.message}`);
    });
    if (!port) return bench.say('No board was chosen.');
    source?.close();
    source = new SerialBoard(port);
    const { board, name } = source;
    chosen.textContent = board ? `${board.name}, at its own USB` : name;
    if (!bench.isLost) {
      bench.say('The board is chosen.');
      bench.allow(true);
    }
  }

  return () => {
    bench.close();
    source?.close();
  };
}
