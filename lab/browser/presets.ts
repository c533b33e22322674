/** The presets that come along, within the page. */
import { parse } from 'smol-toml';
import type * as Presets from '#host/model/presets.js';

const texts = import.meta.glob<string>('../../presets/*.toml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const pathOf = (name: string) => `../../presets/${name}.toml`;

export const presetNames: typeof Presets.presetNames = () =>
  Object.keys(texts).map((path) => path.slice('../../presets/'.length, -'.toml'.length));

export const tunedFor: typeof Presets.tunedFor = (name) => (pathOf(name) in texts ? 'mnist' : undefined);

export const readPreset: typeof Presets.readPreset = (name) => {
  const text = texts[pathOf(name)];
  if (text === undefined) throw new RangeError(`there is no preset '${name}'`);
  return { values: parse(text), source: `preset ${name}` };
};
