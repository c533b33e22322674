/** Wall and CPU time of this process, of the stretches between `start` and `stop`. */
export class Stopwatch {
  #wall = 0;
  #cpu = 0;
  #running: { readonly wall: number; readonly cpu: number } | undefined;

  start(): void {
    this.#running = { wall: performance.now(), cpu: cpuMilliseconds() };
  }

  stop(): void {
    const { wall, cpu } = this.#elapsed();
    this.#wall = wall;
    this.#cpu = cpu;
    this.#running = undefined;
  }

  get seconds(): number {
    return this.#elapsed().wall / 1e3;
  }

  /** User and system time of all the process's threads. */
  get cpuSeconds(): number {
    return this.#elapsed().cpu / 1e3;
  }

  #elapsed(): { readonly wall: number; readonly cpu: number } {
    const since = this.#running;
    if (!since) return { wall: this.#wall, cpu: this.#cpu };
    return {
      wall: this.#wall + performance.now() - since.wall,
      cpu: this.#cpu + cpuMilliseconds() - since.cpu,
    };
  }
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}
