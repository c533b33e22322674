/** A store that stands in for Redis: a map that does what these few commands do. */
import type { Redis } from '#host/fleet/engine';

export class MapRedis {
  readonly values = new Map<string, string>();
  readonly lists = new Map<string, Uint8Array[]>();
  /** Called before each command. */
  before: (command: string) => void = () => undefined;

  async call(command: string, key: string, ...words: readonly unknown[]): Promise<unknown> {
    this.before(command);
    const [word] = words;
    const value = this.values.get(key) ?? null;
    switch (command) {
      case 'RPUSH':
        this.lists.set(key, [...(this.lists.get(key) ?? []), word as Uint8Array]);
        return this.lists.get(key)?.length;
      case 'EXPIRE':
      case 'PERSIST':
        return this.lists.has(key) ? 1 : 0;
      case 'SET':
        this.values.set(key, String(word));
        return value;
      case 'GETDEL':
        this.values.delete(key);
        return value;
      case 'GET':
        return value;
      case 'EXISTS':
        return this.values.has(key) || this.lists.has(key) ? 1 : 0;
      case 'UNLINK':
        return [key, ...words].map((each) => this.#remove(String(each))).filter((was) => was).length;
      case 'LLEN':
        return this.lists.get(key)?.length ?? 0;
      case 'LINDEX':
        return this.lists.get(key)?.[Number(word)] ?? null;
      case 'SCAN': {
        const beginning = String(words[1]).slice(0, -1).replace(/\\(.)/g, '$1');
        return ['0', this.keys().filter((each) => each.startsWith(beginning))];
      }
      default:
        throw new Error(`no such command: ${command}`);
    }
  }

  callBuffer = this.call.bind(this);

  keys(): readonly string[] {
    return [...this.values.keys(), ...this.lists.keys()];
  }

  /** Typed as what it stands in for. */
  get redis(): Redis {
    return this as unknown as Redis;
  }

  #remove(key: string): boolean {
    const [value, list] = [this.values.delete(key), this.lists.delete(key)];
    return value || list;
  }
}
