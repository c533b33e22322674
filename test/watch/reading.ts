/** A browser's part: asks for pages, and follows their changes. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { LiveChange } from '#host/report/index';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(url: string, { method = 'GET', headers = {} }: Asking = {}): Promise<IncomingMessage> {
  const asked = request(url, { method, headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

export async function answerOf(url: string, asking?: Asking): Promise<Answer> {
  const response = await ask(url, asking);
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += part;
  return { status: response.statusCode, headers: response.headers, text };
}

export interface Change extends LiveChange {
  readonly id: string;
}

export interface Following {
  /** The next change, or the first from now on that is wanted; nothing where the server ends them. */
  next(isWanted?: (change: Change) => boolean): Promise<Change | undefined>;
  leave(): void;
}

/** @param address a page's, with a slash at its end */
export async function follow(address: string, last?: string): Promise<Following> {
  const headers = last === undefined ? {} : { 'Last-Event-ID': last };
  const response = await ask(`${address}events`, { headers });
  const changes = changesIn(response);
  return {
    next: async (isWanted = () => true) => {
      for (;;) {
        const { value, done } = await changes.next();
        if (done) return undefined;
        if (isWanted(value)) return value;
      }
    },
    leave: () => response.destroy(),
  };
}

async function* changesIn(response: IncomingMessage): AsyncGenerator<Change, undefined> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    text += part;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      text = text.slice(end + 2);
      yield { id: fields.get('id') ?? '', ...(JSON.parse(fields.get('data') ?? '{}') as LiveChange) };
    }
  }
  return undefined;
}
