export {
  type Captured,
  type CaptureEvents,
  type CaptureOptions,
  type Counts,
  capture,
  type Ending,
  type Silence,
} from './capture.js';
