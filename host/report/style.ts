/** The page's style sheet. Charts and pictures take their colours from the same properties. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f26; --muted: #5d6673; --line: #dfe3e8; --grid: #eceff2;
  --blue: #1f66b0; --orange: #bd5a00; --green: #1d7d5c; --purple: #7a4a9e; --grey: #7d8794; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --panel: #1c2027; --ink: #e6e9ee; --muted: #98a2b0; --line: #2d333c; --grid: #242a32;
    --blue: #6aaef2; --orange: #f0a050; --green: #5cc49d; --purple: #bd92df; --grey: #8f99a6; --bad: #ff8a80;
  }
  .picture { filter: invert(1) hue-rotate(180deg); }
  .photos .picture { filter: none; }
  .legend .scale { filter: invert(1) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 4.5vw, 2.4rem); line-height: 1.15; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h1 span { color: var(--muted); font-weight: 400; }
h2 { font-size: 1.35rem; letter-spacing: -0.01em; line-height: 1.25; }
h3 { font-size: 0.95rem; font-weight: 600; }
section { margin-top: 3rem; }
#result { margin-top: 1.75rem; }
.kicker { color: var(--muted); font-size: 0.85rem; margin-bottom: 0.4rem; }
.subtitle { color: var(--muted); margin-top: 0.5rem; }
.lead { color: var(--muted); margin-top: 0.35rem; max-width: 46rem; }
.note, figcaption { color: var(--muted); font-size: 0.85rem; line-height: 1.45; max-width: 46rem; }
#result .note { margin-top: 0.75rem; }
#symptoms { margin-top: 1.75rem; border-left: 3px solid var(--bad); padding-left: 1rem; }
.symptoms { list-style: none; margin-top: 0.35rem; max-width: 60rem; }
.symptoms li + li { margin-top: 0.5rem; }
time { white-space: nowrap; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.25rem, 1fr)); gap: 0.75rem; }
.card { background: var(--panel); border-radius: 8px; padding: 0.9rem 1rem 0.85rem; border-top: 3px solid var(--line); }
.card:first-child { border-top-color: var(--blue); }
.card.good { border-top-color: var(--green); }
.card.bad { border-top-color: var(--bad); }
.card.learnt { grid-column: span 2; }
.card.learnt .below > span { display: block; }
.card .below strong { color: var(--ink); font-weight: 600; }
.card dt { font-size: 0.85rem; font-weight: 600; line-height: 1.3; }
.card dt span { color: var(--muted); font-weight: 400; display: block; }
.card .value { font-size: 1.7rem; font-weight: 600; letter-spacing: -0.02em; line-height: 1.35; white-space: nowrap; }
.card .value small { font-size: 0.85rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.card.bad .value { color: var(--bad); }
.card .below { font-size: 0.8rem; line-height: 1.4; color: var(--muted); }
.delta { white-space: nowrap; }

progress { width: min(46rem, 100%); height: 0.6rem; margin-top: 0.75rem; accent-color: var(--blue); }
progress + .cards { margin-top: 1rem; }
#under-way h3 { margin-top: 1.25rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
a { color: var(--blue); }

.figures { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 2rem 2.5rem; margin-top: 1.25rem; }
.figures.lead-first { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); }
.chart { min-width: 0; }
.chart.wide { grid-column: 1 / -1; }
.plot { margin-top: 0.5rem; min-height: 232px; }
.uplot, .u-wrap { max-width: 100%; }
.uplot { font: inherit; }
.u-legend { font-size: 0.8rem; text-align: left; margin: 0; padding-left: 56px; }
.u-legend th, .u-legend td { border: 0; white-space: normal; }
.u-legend th { font-weight: 400; color: var(--muted); }
.u-legend .u-marker { width: 0.8em; height: 0.8em; }
.u-legend.u-inline tr { margin-right: 10px; }
.u-series > * { padding: 2px 4px; }
.u-select { background: color-mix(in srgb, var(--blue) 14%, transparent); }
.u-hz .u-cursor-x, .u-vt .u-cursor-y, .u-hz .u-cursor-y, .u-vt .u-cursor-x { border-color: var(--muted); }

details { margin-top: 1.25rem; }
summary { cursor: pointer; font-size: 0.9rem; color: var(--blue); }
.scroll { overflow-x: auto; margin-top: 0.75rem; }
table { border-collapse: collapse; font-size: 0.85rem; width: 100%; }
table.narrow { width: auto; }
th, td { text-align: right; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--muted); font-weight: 500; vertical-align: bottom; white-space: normal; }
tbody th { font-weight: 500; }
th:first-child { text-align: left; }
.figures + h3, #kernels h3, #settling h3 { margin-top: 1.75rem; }
.stages th, .stages td { border: 0; padding: 0.1rem 0.5rem 0.1rem 0; vertical-align: middle; text-align: right; font-weight: 400; color: var(--muted); }
.meter span { display: inline-block; width: 6rem; height: 0.5rem; margin-right: 0.4rem; border-radius: 4px; background: linear-gradient(var(--green), var(--green)) 0 / var(--share) 100% no-repeat var(--line); }
.meter.tight span { background-image: linear-gradient(var(--orange), var(--orange)); }
.meter.over span { background-image: linear-gradient(var(--bad), var(--bad)); }
.shares span { display: block; width: 8rem; height: 0.5rem; border-radius: 4px; background: linear-gradient(to right, var(--grey) var(--zero), var(--blue) var(--zero) var(--below), var(--orange) var(--below)); }

.gallery { list-style: none; display: flex; flex-wrap: wrap; gap: 4px; margin-top: 0.9rem; }
.gallery li { width: var(--w); }
.gallery.fields { gap: 2px; }
.gallery.kernels { gap: 6px; }
.gallery.digits { gap: 10px 8px; }
.picture {
  display: block; width: var(--w); height: var(--h); border-radius: 2px;
  background-image: var(--sprite); background-size: var(--sheet); image-rendering: pixelated;
  print-color-adjust: exact; -webkit-print-color-adjust: exact;
}
.gallery.profiles { gap: 14px 16px; }
.gallery.profiles li { width: 8.5rem; }
.profiles .drawing { background: var(--panel); border-radius: 3px; }
.gallery.digits li { width: auto; max-width: max(var(--w), 7rem); }
.digits .picture { box-shadow: inset 0 0 0 1px rgb(0 0 0 / 12%); }
.caption { display: block; text-align: center; overflow-wrap: anywhere; font-size: 0.8rem; line-height: 1.4; color: var(--muted); }
.caption strong { color: var(--bad); font-weight: 600; }
.legend { display: flex; align-items: center; gap: 0.6rem; margin-top: 0.9rem; font-size: 0.8rem; color: var(--muted); }
.legend .scale { display: block; width: min(16rem, 50%); height: 10px; border-radius: 2px; }

.mistakes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 2rem 2.5rem; margin-top: 1.25rem; }
.mistakes > .wide { grid-column: 1 / -1; }
.confusion { font-size: 0.8rem; }
.confusion th, .confusion td { padding: 0.32rem 0.25rem; text-align: center; border: 0; }
.confusion tbody th { text-align: left; }
.confusion td { background: color-mix(in srgb, var(--bad) var(--heat, 0%), var(--paper)); border-radius: 3px; }
.confusion .right { color: var(--muted); background: var(--panel); }
.confusion .none { color: var(--muted); background: none; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 0 2.5rem; margin-top: 1rem; font-size: 0.9rem; }
.facts div { display: flex; gap: 1rem; justify-content: space-between; border-bottom: 1px solid var(--line); padding: 0.35rem 0; }
.facts dt { color: var(--muted); flex: none; }
.facts dd { text-align: right; overflow-wrap: anywhere; }

@media (max-width: 46rem) {
  body { padding: 1.5rem 1rem 3rem; }
  section { margin-top: 2.25rem; }
  .figures, .figures.lead-first, .mistakes { grid-template-columns: minmax(0, 1fr); }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.5rem; }
  .card { padding: 0.75rem 0.8rem; }
  .card .value { font-size: 1.4rem; }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .u-legend { padding-left: 0; }
  .confusion { font-size: 0.7rem; }
  .confusion th, .confusion td { padding: 0.25rem 0.1rem; }
}
#connection { margin-bottom: 0.75rem; }
@media print { #connection { display: none; } .chart, .card, li { break-inside: avoid; } }
`;
