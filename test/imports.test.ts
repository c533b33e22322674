/** Who may import whom: nobody in a circle, neither files nor rooms. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** Each source below a folder and the sources there that it names, by paths from that folder; imports of types count. */
function importsIn(folder: string): Imports {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'));
  return new Map(
    sources.map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      const named = [...text.matchAll(/\bfrom '(\.[^']+)'/g)].map(([, name]) =>
        posix.normalize(posix.join(dirname(path), name)),
      );
      const found = named.flatMap((name) =>
        [name, `${name}.ts`, name.replace(/\.js$/, '.ts')].filter((candidate) => sources.includes(candidate)),
      );
      return [path, new Set(found)];
    }),
  );
}

/** The same of rooms, the folders; sources in no room are rooms of their own. */
function amongRooms(imports: Imports): Imports {
  const roomOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path);
  const rooms = new Map<string, Set<string>>();
  for (const [path, named] of imports) {
    const room = roomOf(path);
    const others = rooms.get(room) ?? new Set();
    for (const other of named) if (roomOf(other) !== room) others.add(roomOf(other));
    rooms.set(room, others);
  }
  return rooms;
}

/** A way from one back to itself, or nothing. */
function circleIn(imports: Imports): readonly string[] | undefined {
  const left = new Set<string>();
  const visit = (at: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (left.has(at)) return undefined;
    for (const next of imports.get(at) ?? []) {
      const circle = visit(next, [...way, at]);
      if (circle) return circle;
    }
    left.add(at);
    return undefined;
  };
  for (const at of imports.keys()) {
    const circle = visit(at, []);
    if (circle) return circle;
  }
  return undefined;
}

describe.each(['host', 'assembly'])('in %s', (folder) => {
  const imports = importsIn(folder);

  test('the sources are read', () => {
    expect([...imports.values()].filter(({ size }) => size > 0).length).toBeGreaterThan(20);
  });

  test('rooms import in one direction', () => {
    expect(circleIn(amongRooms(imports))).toBeUndefined();
  });
});

test('files of the host import in one direction', () => {
  expect(circleIn(importsIn('host'))).toBeUndefined();
});

test('what tests share is read once for many files of them: no hook is set by reading it', () => {
  const shared = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.(test|slow|soak|fleet|root|config)\.ts$/.test(path),
  );
  const setting = shared.filter((path) =>
    /^(before|after)(Each|All)\(/m.test(readFileSync(join(root, 'test', path), 'utf8')),
  );
  expect(shared).toContain(join('runs', 'runs.ts'));
  expect(setting).toEqual([]);
});

test('the reference knows nothing of the kernel, the wire and the formats', () => {
  const named = [...importsIn('host')].flatMap(([path, others]) =>
    path.startsWith('reference/') ? [...others] : [],
  );
  expect(named.filter((path) => /^(kernel|wire|link|verification)\/|^model\/formats?\./.test(path))).toEqual(
    [],
  );
});

test('a circle is found', () => {
  const of = (...pairs: readonly (readonly [string, readonly string[]])[]): Imports =>
    new Map(pairs.map(([from, to]) => [from, new Set(to)]));
  expect(circleIn(of(['a', ['b']], ['b', ['c', 'd']], ['c', []], ['d', ['b']]))).toEqual(['b', 'd', 'b']);
  expect(circleIn(of(['a', ['b', 'c']], ['b', ['c']], ['c', []]))).toBeUndefined();
});
