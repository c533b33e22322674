import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { begin } from '../runs/runs.js';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';

/** A data set, a preset for it, a finished run and an interrupted one, both made by the library. */
export interface Workspace {
  readonly data: string;
  readonly preset: string;
  /** Flags that name the two. */
  readonly small: readonly string[];
  readonly finished: string;
  readonly interrupted: string;
  /** The last line of a run of the preset. */
  readonly digest: string;
  /** The path of a folder that is not there yet. */
  fresh(): string;
  copyOf(run: string): string;
  remove(): void;
}

export async function openWorkspace(): Promise<Workspace> {
  const { path: data, remove } = temporaryFolder();
  writeSmallData(data);
  const preset = join(data, 'small.toml');
  writeFileSync(preset, stringify(smallValues));
  let runs = 0;
  const fresh = () => join(data, `run-${runs++}`);
  const [finished, interrupted] = [fresh(), fresh()];
  const recipe = smallRecipe();
  const { result } = await begin({ data, folder: finished, recipe });
  let trained = 0;
  await begin({
    data,
    folder: interrupted,
    recipe,
    interruptAt: ({ phase }) => phase === 'training' && ++trained === 22,
  });
  return {
    data,
    preset,
    small: ['--preset', preset, '--data', data],
    finished,
    interrupted,
    digest: result.position.digest,
    fresh,
    copyOf: (run) => {
      const folder = fresh();
      cpSync(run, folder, { recursive: true });
      return folder;
    },
    remove,
  };
}
