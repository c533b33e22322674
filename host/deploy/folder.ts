/** The folder around a library's sources: manifests, glue and examples for all that can build them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classNameOf } from '../data/index.js';
import { count, hexadecimal, hostVersion, inPercent, several } from '../ground/index.js';
import { graphOf } from '../model/index.js';
import type { LaidOut } from './laid-out.js';
import { type Deployed, featuresOf, savedBytes } from './network-c.js';
import { fillIn } from './template.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const templates = join(root, 'boards', 'library', 'folder');

/** Files of a network that learns. */
const LEARNING: ReadonlySet<string> = new Set(['examples/c/learn.c', 'examples/Learn/Learn.ino']);
/** Where the algorithm is described. */
const URL_OF_IDEA = 'https://arxiv.org/abs/1602.05179';
const LICENSE = 'Apache-2.0';
/** Names that a list has before it is cut short. */
const NAMES = 10;

export interface FolderFiles {
  /** Contents by path, `/` between its parts. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of what another network's folder had, and this one's has not. */
  readonly absent: readonly string[];
}

/**
 * The files around `src`.
 * @param folder the folder's own name, by which other builds find it
 */
export function folderFiles(deployed: Deployed, laidOut: LaidOut, folder: string): FolderFiles {
  const paths = readdirSync(templates, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(templates, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const isAbsent = (path: string) => !deployed.learns && LEARNING.has(path);
  const values = { ...wordsOf(deployed, laidOut), folder: plain(folder) };
  const files = paths
    .filter((path) => !isAbsent(path))
    .map((path): [string, string] => [
      path,
      fillIn(readFileSync(join(templates, path), 'utf8'), values, { learns: deployed.learns }),
    ]);
  return {
    files: new Map([...files, ['LICENSE', readFileSync(join(root, 'LICENSE'), 'utf8')]]),
    absent: paths.filter(isAbsent),
  };
}

function wordsOf(deployed: Deployed, laidOut: LaidOut): Readonly<Record<string, string>> {
  const { name, recipe, origin, preparation, step } = deployed;
  const digest = hexadecimal(deployed.digest);
  const { outputs } = graphOf(recipe);
  const features = count(featuresOf(deployed));
  const names = Array.from({ length: Math.min(outputs, NAMES) }, (_, label) =>
    classNameOf(preparation, label),
  );
  const ram = count(laidOut.memory.length);
  const constants = count(laidOut.parameters.length);
  const does = deployed.learns ? 'predicts and learns' : 'predicts';
  const words = {
    name,
    // The weights' digest tells one training from another.
    version: `${hostVersion}+${digest.slice(0, 8)}`,
    sentence: `A neural network of ${recipe.network} that ${does} ${outputs} classes from ${features} features.`,
    paragraph: `Trained on ${origin.data} by equilibrium propagation in integers: ${ram} bytes of RAM and ${constants} of constants beside the code and no floats.`,
    url: URL_OF_IDEA,
    license: LICENSE,
    network: recipe.network,
    data: origin.data,
    error: origin.error === undefined ? '' : `; ${inPercent(origin.error)} of validation examples were wrong`,
    program: hostVersion,
    classes: String(outputs),
    'class names': [...names, ...(outputs > NAMES ? ['...'] : [])].join(', '),
    features,
    feature: preparation.scaling
      ? 'Those with a decimal point become whole numbers first (`eqprop_fraction`):'
      : 'Each is a byte, 0 to 255;',
    step: count(step),
    digest,
    ram,
    constants,
    minibatch: several(recipe.minibatch, 'example'),
    saved: count(savedBytes(laidOut)),
  };
  return Object.fromEntries(Object.entries(words).map(([word, text]) => [word, plain(text)]));
}

/** Signs that mean nothing in any of the files' languages, as names of data and classes may have others. */
function plain(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,:;_+()/%=`-]/gu, '_');
}
