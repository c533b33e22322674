/** The boards that the site has firmware of. The files are `pack-boards.mjs`'s. */

export interface KnownBoard {
  readonly id: string;
  readonly name: string;
  readonly core: { readonly chip: string; readonly clock: number; readonly cores: number };
  readonly ram: { readonly size: number; readonly stack: number; readonly static: number };
  readonly flash: { readonly size: number; readonly used: number };
  readonly uart: { readonly name: string; readonly baud: number };
  readonly usb?: { readonly ids: readonly string[]; readonly own?: string };
  /** The boot loader's, that an image is dragged to. */
  readonly volume?: string;
  readonly bootLoader?: string;
}

const told = import.meta.glob<KnownBoard>('./boards/*.json', { eager: true, import: 'default' });
const addresses = import.meta.glob<string>('./boards/*.{bin,uf2,hex}', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** None where the site was built without a compiler for them. */
export const boards: readonly KnownBoard[] = Object.values(told);

/** Address of an image for dragging, and the name to keep it under. */
export function imageOf({ id }: KnownBoard): { readonly address: string; readonly name: string } | undefined {
  const found = Object.entries(addresses).find(([path]) => path.startsWith(`./boards/eqprop-${id}.`));
  return found && { address: found[1], name: found[0].slice('./boards/'.length) };
}

/** Address of the flash's contents; undefined where the site has none. */
export function flashOf({ id }: KnownBoard): string | undefined {
  return addresses[`./boards/${id}.bin`];
}
