/** The weights as pictures: what hidden units, or the channels of a convolution, look for. */
import { Html, html } from '../drawing/index.js';
import { count, significant } from '../ground/index.js';
import { NARROW, nameOf, shortName } from './class-name.js';
import type { Kernels, ReportData } from './data.js';
import { colourStops, divergingPalette, receptiveFields, scaledFields } from './receptive-fields.js';
import { sheet } from './sheet.js';
import { gallery, sprite } from './sprite.js';

const MOST_FIELDS = 100;
/** Kernels of a sheet a side: more would be smaller than their pixels. */
const MOST_KERNELS = 64;

/** Nothing unless the input is a grey picture: a line of pixels shows nothing. */
export function receptiveFieldsSection(data: ReportData): Html | undefined {
  const { inputs, fields: first, underWay } = data;
  const { rows, columns, channels = 1 } = inputs;
  if (channels > 1 || rows === 1 || columns === 1 || !first || first.values.length === 0) return undefined;
  if (first.values.length % (rows * columns) !== 0) return undefined;
  const { units, levels, limit } = receptiveFields(
    first.values,
    rows * columns,
    first.fraction,
    MOST_FIELDS,
    // While they form, each stays in its place.
    underWay !== undefined,
  );
  const all = first.values.length / (rows * columns);
  const kind = first.isOutput ? 'outputs' : 'hidden units';
  const pictures = gallery(sprite(levels, rows, columns, divergingPalette()), units.length, 'fields', (i) => {
    const { unit, norm } = units[i];
    const to = first.isOutput ? `the output ${nameOf(data, unit)}` : `hidden unit ${unit}`;
    return {
      alt: `weights into ${to}, norm ${significant(norm)}`,
      ...(first.isOutput && { caption: shortName(data, unit, NARROW) }),
    };
  });
  return html`<section id="receptive-fields">
<h2>Receptive fields</h2>
<p class="lead">What ${units.length < all ? `${units.length} of the ${count(all)}` : `the ${all}`} ${kind} look for: the weights from each pixel, ${underWay ? 'in their order' : units.length < all ? 'the units with the largest norms first' : 'largest norm first'}. A pixel under red raises the unit’s drive, one under blue lowers it.</p>
${legend(limit)}${pictures}
</section>
`;
}

function legend(limit: number): Html {
  const end = significant(limit);
  return html`<div class="legend" role="img" aria-label="Colour scale from −${end} (blue) through 0 to +${end} (red)"><span>−${end}</span><span class="scale" style="background:linear-gradient(to right,${new Html(colourStops.join(','))})"></span><span>+${end}</span></div>
`;
}

/** Nothing unless there are convolutions. */
export function kernelsSection({ kernels = [] }: ReportData): Html | undefined {
  if (kernels.length === 0) return undefined;
  return html`<section id="kernels">
<h2>Kernels</h2>
<p class="lead">What the channels of a convolution look for, wherever it is. A rate under red raises the drive, one under blue lowers it.</p>
${kernels.map(kernelPictures)}</section>
`;
}

function kernelPictures({ name, side, from, to, values, fraction }: Kernels): Html {
  const [down, across] = [Math.min(from, MOST_KERNELS), Math.min(to, MOST_KERNELS)];
  const shown = Array.from({ length: down * across }, (_, n) => Math.floor(n / across) * to + (n % across));
  const { levels, limit } = scaledFields(values, side * side, fraction, shown);
  const cells = levels.map((level) => ({ rows: side, columns: side, levels: level }));
  const grid = Array.from({ length: down }, (_, row) => cells.slice(row * across, (row + 1) * across));
  const palette = divergingPalette();
  const some = shown.length < from * to ? `, the first ${down} × ${across} shown` : '';
  // A row alone has room for large pictures.
  const pictures =
    from === 1
      ? gallery(sprite(levels, side, side, palette), across, 'kernels', (i) => ({
          alt: `kernel of channel ${i}`,
        }))
      : html`<div class="scroll" tabindex="0">${sheet(grid, palette, `kernels of ${name}: channels below down, channels above across`)}</div>`;
  const order =
    from === 1
      ? `one of ${count(to)} channels each`
      : `${count(from)} channels below (down) × ${count(to)} above (across)`;
  return html`<h3>${name}</h3>
<p class="note">${side} × ${side} weights, ${order}${some}.</p>
${legend(limit)}${pictures}
`;
}
