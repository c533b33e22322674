/** Chromium as a person has it, where it is installed: a page in it, asked by its own protocol over a pipe. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly entry?: { readonly text?: string }; readonly exceptionDetails?: unknown };
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export class Browser {
  /** Complaints of the page: exceptions, and what its policy has refused. */
  readonly complaints: string[] = [];
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session: unknown;
  #last = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
  ) {
    let text = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0')) {
        this.#hear(JSON.parse(text.slice(0, end)) as Message);
        text = text.slice(end + 1);
      }
    });
  }

  /** @param address of the page that it shows */
  static async open(address: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'eqprop-browser-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    const child = spawn(chromium ?? '', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(child, profile);
    const { targetId } = await browser.#ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#ask('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId;
    for (const domain of ['Runtime', 'Log', 'Page']) await browser.#ask(`${domain}.enable`, {});
    await browser.#ask('Page.navigate', { url: address });
    return browser;
  }

  /** The value of an expression in the page; nothing while it goes from one page to another. */
  async value(expression: string): Promise<unknown> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { readonly value?: unknown }).value;
  }

  async close(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill();
    await closed;
    // Its own processes write there until they have ended, too.
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 50 });
  }

  async #ask(
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<NonNullable<Message['result']>> {
    const id = ++this.#last;
    const message = { id, method, params, ...(this.#session !== undefined && { sessionId: this.#session }) };
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  #hear(message: Message): void {
    if (message.method === 'Log.entryAdded') this.complaints.push(String(message.params?.entry?.text));
    if (message.method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(message.params));
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}
