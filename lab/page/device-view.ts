/** A board as it tells of itself: its kernel, its line, its memory as it fills. */
import { html } from '#host/drawing/index.js';
import { count, memory, significant } from '#host/ground/index.js';
import type { LinkCounters } from '#host/link/index.js';
import { ArenaPart } from '#host/wire/index.js';
import type { KnownBoard } from '../data/boards.js';
import type { MemoryAccount, News } from '../engine/messages.js';
import { find } from './elements.js';

export const deviceView = html`
<section id="device" aria-label="The board" hidden>
<h2 id="board-name"></h2>
<dl class="facts" id="board-facts"></dl>
<h3>Its memory, as it fills</h3>
<div id="memory-bar" role="img"></div>
<ul id="memory-parts"></ul>
</section>`;

interface Segment {
  readonly name: string;
  /** Its class. */
  readonly style: string;
  readonly bytes: number;
}

export class DeviceView {
  readonly #place: HTMLElement;
  #facts: ReadonlyMap<string, string> = new Map();

  constructor(place: HTMLElement) {
    this.#place = find(place, '#device', HTMLElement);
  }

  /** @param board undefined where only what it tells is known */
  start({ hello, kernel, baud }: Extract<News, { kind: 'started' }>, board?: KnownBoard): void {
    this.#place.hidden = false;
    this.#of('#board-name').textContent = board?.name ?? 'The board';
    this.#facts = new Map([
      ...(board
        ? ([
            ['Chip', `${board.core.chip}, ${board.core.clock / 1e6} MHz, ${coresOf(board)}`],
            ['Flash', `${count(board.flash.used)} of ${count(board.flash.size)} bytes`],
          ] as const)
        : []),
      ['Kernel', kernel],
      ['Weights, states', `${hello.weightBits} bits, ${hello.stateBits} bits`],
      ['Arena', `${count(hello.arena)} bytes`],
      ['Receives at once', `${count(hello.window)} bytes`],
      ...(baud === undefined ? [] : [['Line', `${count(baud)} baud`] as const]),
    ]);
    this.#tellFacts();
    this.showMemory({ arena: hello.arena, needed: 0, parts: [], stackUsed: 0, stackSize: 0 }, board);
  }

  /** @param milliseconds that the chip takes an example; undefined where nobody counts */
  showLine({ bytesSent, bytesReceived, resent, damaged }: LinkCounters, milliseconds?: number): void {
    const facts = new Map(this.#facts);
    facts.set('Sent, received', `${memory(bytesSent)}, ${memory(bytesReceived)}`);
    facts.set('Sent again, damaged', `${count(resent)}, ${count(damaged)} frames`);
    if (milliseconds !== undefined)
      facts.set('The chip’s time', `${significant(milliseconds, 3)} ms an example`);
    this.#facts = facts;
    this.#tellFacts();
  }

  showMemory(account: MemoryAccount, board?: KnownBoard): void {
    const segments = segmentsOf(account, board).filter(({ bytes }) => bytes > 0);
    const all = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    const bar = this.#of('#memory-bar');
    const told = segments.map(({ name, bytes }) => `${name} ${count(bytes)}`).join(', ');
    bar.setAttribute('aria-label', `${count(all)} bytes: ${told}`);
    bar.innerHTML = html`${segments.map(
      ({ style, bytes }) => html`<span class="memory ${style}" style="width:${(100 * bytes) / all}%"></span>`,
    )}`.text;
    this.#of('#memory-parts').innerHTML = html`${segments.map(
      ({ name, style, bytes }) =>
        html`<li><span class="memory ${style}"></span>${name} <span>${count(bytes)}</span></li>`,
    )}`.text;
  }

  #tellFacts(): void {
    this.#of('#board-facts').innerHTML = html`${[...this.#facts].map(
      ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
    )}`.text;
  }

  #of(selector: string): HTMLElement {
    return find(this.#place, selector, HTMLElement);
  }
}

const coresOf = ({ core: { cores } }: KnownBoard) => (cores === 1 ? 'one core' : `${cores} cores`);

/** Bytes in their order in the RAM. A board tells how deep the stack of one core has been: the deeper one's. */
function segmentsOf(account: MemoryAccount, board: KnownBoard | undefined): readonly Segment[] {
  const { arena, needed, parts, stackUsed } = account;
  const cores = board?.core.cores ?? 1;
  const stack = board ? cores * board.ram.stack : account.stackSize;
  const own = board
    ? [
        { name: 'firmware’s variables', style: 'firmware', bytes: board.ram.static },
        {
          name: 'kernel’s variables',
          style: 'kernel',
          bytes: board.ram.size - stack - board.ram.static - arena,
        },
      ]
    : [];
  return [
    { name: cores > 1 ? 'stack used by one core' : 'stack used', style: 'stack-used', bytes: stackUsed },
    { name: cores > 1 ? 'other stack' : 'stack free', style: 'stack-free', bytes: stack - stackUsed },
    ...own,
    ...Object.entries(ArenaPart).map(([name, index]) => ({ name, style: name, bytes: parts[index] ?? 0 })),
    { name: 'free', style: 'free', bytes: arena - needed },
  ];
}
