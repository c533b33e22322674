/** The page around a report: one HTML file that needs nothing beside it. */
import { type Content, Html, html } from '../drawing/index.js';
import { style } from './style.js';

/** Even a mistake in this program must not make the page load anything. */
export const REPORT_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export function renderDocument(
  title: string,
  body: Content,
  moreStyle: Content = '',
  scripts: Content = '',
  policy = REPORT_POLICY,
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title} · eqprop</title>
<style>${moreStyle}${new Html(style)}</style>
</head>
<body>
${body}${scripts}</body>
</html>
`.text;
}
