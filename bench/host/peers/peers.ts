/** Who there is to compare with on this computer; looked for when first asked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '#host/firmware/npm';
import { UserError } from '#host/ground/errors';
import { type Contender, programContender } from '../contender.js';
import { source } from '../folders.js';
import { findTorch } from './torch.js';

export class Peers {
  /** Why peers are not there, by name. */
  readonly absent: Record<string, string> = {};
  readonly plain = programContender('plain', 'peers/plain.js');
  #tfjs: Promise<Contender | undefined> | undefined;
  #torch: Promise<Contender | undefined> | undefined;

  constructor(
    private readonly torchScript: string | undefined,
    private readonly say: (text: string) => void,
  ) {}

  tfjs(): Promise<Contender | undefined> {
    this.#tfjs ??= this.#present('tfjs', this.#findTensorFlow());
    return this.#tfjs;
  }

  torch(): Promise<Contender | undefined> {
    this.#torch ??= this.#present('torch', findTorch(this.torchScript));
    return this.#torch;
  }

  async #present(name: string, found: Promise<Contender | string>): Promise<Contender | undefined> {
    const contender = await found;
    if (typeof contender !== 'string') return contender;
    this.absent[name] = contender;
    this.say(`${name} is absent: ${contender}`);
    return undefined;
  }

  async #findTensorFlow(): Promise<Contender | string> {
    if (!isInstalled()) {
      this.say('installing TensorFlow.js (66 MB) in bench/host');
      try {
        await installPackages(source, 'TensorFlow.js');
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
    }
    return programContender('tfjs', 'peers/tfjs.js');
  }
}

/** Tells if the packages are there, in the versions that package.json names. */
function isInstalled(): boolean {
  const wanted = readJson(join(source, 'package.json')) as { dependencies: Record<string, string> };
  return Object.entries(wanted.dependencies).every(([name, version]) => {
    try {
      const there = readJson(join(source, 'node_modules', name, 'package.json')) as { version: string };
      return there.version === version;
    } catch {
      return false;
    }
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
