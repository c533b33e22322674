/** Writes the lists of connection kinds, which follow from the files of this folder: one a kind, named as it is. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const HEAD = '// Generated from the files of assembly/connections by the build. Do not edit.\n';

/**
 * Functions of a kind for a whole connection. `otherwise`: what is returned where a kind's file has no such function; a verb
 * without it every kind must have.
 */
const VERBS = {
  layOut: { parameters: 'c: Connection, record: usize', returns: 'void' },
  send: { parameters: 'c: Connection, rates: usize, all: bool', returns: 'void' },
  sendBack: { parameters: 'c: Connection, rates: usize, all: bool', returns: 'void', otherwise: '' },
  sumRows: { parameters: 'c: Connection, first: i32, moved: i32, narrow: bool', returns: 'bool' },
  rest: { parameters: 'c: Connection', returns: 'void', otherwise: '' },
  keep: { parameters: 'c: Connection, slot: i32, side: i32', returns: 'void', otherwise: '' },
  draw: { parameters: 'c: Connection, record: usize, index: i32', returns: 'void', otherwise: '' },
  has: { parameters: 'c: Connection, parameter: u32', returns: 'bool', otherwise: ' true' },
  mirror: { parameters: 'c: Connection', returns: 'void', otherwise: '' },
};
/** Functions of a kind for a connection's record. */
const OF_RECORDS = {
  isPossible: {
    says: 'Returns whether a description is of a connection that can be; fails where not.',
    parameters: 'record: usize, pre: usize, post: usize, place: i32',
    returns: 'bool',
    otherwise: ' true',
  },
  growth: {
    says: 'Returns how many bits more than a rate the greatest has that is multiplied by a weight.',
    parameters: 'record: usize',
    returns: 'i32',
    otherwise: ' 0',
  },
};

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** In alphabetical order: a kind's place is its code on the wire. */
export function kindNames() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'kinds.ts')
    .map((name) => name.slice(0, -3))
    .sort();
}

function exports(name) {
  const source = readFileSync(join(folder, `${name}.ts`), 'utf8');
  const lists = [...source.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) => list.split(','));
  return new Set(
    [...source.matchAll(/export function (\w+)/g)]
      .map(([, verb]) => verb)
      .concat(lists.map((item) => item.trim())),
  );
}

function dispatch(verb, names, of, parameters, returns, otherwise) {
  const given = parameters.split(', ').map((parameter) => parameter.split(':')[0]);
  const isOf = of === 'kind' ? 'kind' : 'c.kind';
  const passed = given.join(', ');
  const cases = names.flatMap((name, code) => {
    if (exports(name).has(verb))
      return [
        `  if (${isOf} == ${code} && (present & ${1 << code}) != 0) return ${camel(name)}.${verb}(${passed});`,
      ];
    if (otherwise === undefined) throw new Error(`assembly/connections/${name}.ts has no function ${verb}`);
    return [];
  });
  const all = of === 'kind' ? `kind: i32, ${parameters}` : parameters;
  const last = otherwise ?? (returns === 'bool' ? ' false' : '');
  return `export function ${verb}(${all}): ${returns} {\n${cases.join('\n')}\n  return${last};\n}`;
}

function kernelSource(names) {
  return `${HEAD}import { Connection } from '../network/connection';
import { present } from '../network/present';
${names.map((name) => `import * as ${camel(name)} from './${name}';`).join('\n')}

/** How many kinds there are. */
export const KINDS: i32 = ${names.length};

${Object.entries(OF_RECORDS)
  .map(
    ([verb, { says, parameters, returns, otherwise }]) =>
      `/** ${says} */\n${dispatch(verb, names, 'kind', parameters, returns, otherwise)}`,
  )
  .join('\n\n')}

${Object.entries(VERBS)
  .map(([verb, { parameters, returns, otherwise }]) =>
    dispatch(verb, names, 'c', parameters, returns, otherwise),
  )
  .join('\n\n')}
`;
}

function wireSource(names) {
  const lines = names.map((name, code) => `  ${name.includes('-') ? `'${name}'` : name}: ${code},`);
  return `${HEAD}/** Kinds of connections. */\nexport const ConnectionKind = {\n${lines.join('\n')}\n} as const;\n`;
}

function hostSource(names) {
  const imports = names.map((name) => `import { ${camel(name)} } from './${name}.js';`);
  const members = names.map((name) => `  ${name.includes('-') ? `'${name}': ${camel(name)}` : name},`);
  return `${HEAD}import type { ConnectionKindName, Kind } from './kind.js';
${imports.join('\n')}

export const kinds: Readonly<Record<ConnectionKindName, Kind>> = {
${members.join('\n')}
};
`;
}

/** Kinds whose float64 form is faster than the plain one. */
function formsSource(root, names) {
  const fast = names.filter((name) => existsSync(join(root, 'host/reference/connections', `${name}.ts`)));
  return `${HEAD}import type { ConnectionKindName } from '../../model/index.js';
${fast.map((name) => `import { form as ${camel(name)} } from './${name}.js';`).join('\n')}
import type { MakeForm } from './form.js';

export const forms: Readonly<Partial<Record<ConnectionKindName, MakeForm>>> = {
${fast.map((name) => `  ${name.includes('-') ? `'${name}': ${camel(name)}` : name},`).join('\n')}
};
`;
}

/** @param root of the repository */
export function listKinds(root) {
  const names = kindNames();
  const lists = {
    'assembly/connections/kinds.ts': kernelSource(names),
    'host/wire/kinds.ts': wireSource(names),
    'host/model/connections/kinds.ts': hostSource(names),
    'host/reference/connections/forms.ts': formsSource(root, names),
  };
  for (const [path, source] of Object.entries(lists)) {
    const at = join(root, path);
    if (!existsSync(at) || readFileSync(at, 'utf8') !== source) writeFileSync(at, source);
  }
}
