export { placesBeside } from './beside.js';
export {
  axes,
  drawing,
  drawingStyle,
  type Figure,
  type Frame,
  fixed,
  line,
  mark,
  SERIES_CLASSES,
  type SeriesColour,
  seriesColour,
  standalone,
  text,
  tickText,
  WIDTH,
} from './drawing.js';
export { type Content, Html, html, jsonScript } from './html.js';
export { type Curve, chartFigure, lineChart, type Panel } from './line-chart.js';
export type { Pictures } from './pictures.js';
export { linearScale, logarithmicScale, type Scale } from './scale.js';
