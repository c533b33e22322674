import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const lab = dirname(fileURLToPath(import.meta.url));
const host = join(lab, '..', 'dist', 'host');

/** Files that stand in for Node's modules and for the host's that read files: each exports the same. */
const standIns: Readonly<Record<string, string>> = {
  'node:worker_threads': 'worker-threads.ts',
  'node:timers': 'immediate.ts',
  'node:timers/promises': 'timers.ts',
  'csv-parse/sync': 'csv-parse.ts',
  [join(host, 'kernel', 'modules.js')]: 'kernel-modules.ts',
  [join(host, 'model', 'presets.js')]: 'presets.ts',
};

/**
 * The host's modules as a browser has them. A room's face lists what touches files too; what nobody here uses of it falls away,
 * and so do Node's modules. One that is left would fail when the page loads: the build fails instead.
 */
function hostInBrowser(): Plugin {
  return {
    name: 'host-in-browser',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const own = standIns[source];
      if (own) return join(lab, 'browser', own);
      if (isBuiltin(source)) return { id: source, external: true, moduleSideEffects: false };
      if (!importer?.startsWith(host) && !source.startsWith('#host/')) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (!found || found.external) return found;
      const standIn = standIns[found.id];
      if (standIn) return join(lab, 'browser', standIn);
      // Packages that only what falls away would use go with it; a worker's script is there for what it does.
      return found.id.includes('?') ? found : { ...found, moduleSideEffects: false };
    },
    /** The addresses of scripts of threads become those of bundles. */
    transform(code, id) {
      if (!id.startsWith(host)) return null;
      const imports: string[] = [];
      const changed = code.replace(
        /new URL\('(\.\/(?:twin|helper|reference)-worker\.js)', import\.meta\.url\)/g,
        (_, script) => {
          const name = `workerScript${imports.length}`;
          imports.push(`import ${name} from '${script}?worker&url';`);
          return `new URL(${name}, import.meta.url)`;
        },
      );
      return imports.length > 0 ? { code: `${imports.join('\n')}\n${changed}`, map: null } : null;
    },
    generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        // Its list of imports names those too that have fallen away.
        const named = output.code.matchAll(/\b(?:from|import)\s*\(?\s*["'`]([^"'`]+)["'`]/g);
        const left = Array.from(named, ([, name]) => name).filter(isBuiltin);
        if (left.length > 0) this.error(`${output.fileName} needs ${left.join(', ')}, which no browser has`);
      }
    },
  };
}

/** Pages whose threads share memory need both. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: lab,
  // Any folder of any server will do.
  base: './',
  resolve: { alias: [{ find: /^#host\/(.*)$/, replacement: `${host}/$1` }] },
  plugins: [hostInBrowser()],
  worker: { format: 'es', plugins: () => [hostInBrowser()] },
  build: { target: 'es2023', outDir: join(lab, 'dist'), emptyOutDir: true },
  preview: { host: '127.0.0.1', headers: isolation },
});
