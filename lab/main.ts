/** The page: its doors, and the room that the address names. */
import { drawingStyle } from '#host/drawing/index.js';
import { style } from '#host/report/index.js';
import 'uplot/dist/uPlot.min.css';
import boardStyle from './boards.css?inline';
import labStyle from './lab.css?inline';
import { doors } from './rooms/index.js';

const sheet = document.createElement('style');
sheet.textContent = style + drawingStyle + labStyle + boardStyle;
document.head.append(sheet);

const links = document.querySelector('nav')!;
const place = document.querySelector('main')!;
for (const { name, title } of doors) {
  const link = document.createElement('a');
  link.href = `#${name}`;
  link.textContent = title;
  links.append(link);
}

let leave = () => {};

async function enter(): Promise<void> {
  const door = doors.find(({ name }) => name === location.hash.slice(1)) ?? doors[0];
  leave();
  leave = () => {};
  for (const link of links.querySelectorAll('a'))
    if (link.hash === `#${door.name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  document.title = `${door.title} · eqprop laboratory`;
  // A place of its own: what listens there goes with it.
  const own = document.createElement('div');
  place.replaceChildren(own);
  try {
    const room = await door.load();
    // Another may have been entered meanwhile.
    if (!own.isConnected) return;
    leave = room.open(own);
    // Where one reads on who has come by a link.
    own.querySelector('h1')?.setAttribute('tabindex', '-1');
  } catch (error) {
    own.textContent = `This room did not load: ${(error as Error).message}. Load the page again.`;
  }
}

// For a file that falls where nobody takes it a browser would leave the page, and what trains there.
for (const kind of ['dragover', 'drop'] as const)
  addEventListener(kind, (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });

addEventListener('hashchange', () => {
  void enter().then(() => place.querySelector('h1')?.focus());
});
void enter();
