export {
  type CaptureCounts,
  type Captured,
  type CaptureEnding,
  type CaptureEvents,
  type CaptureOptions,
  capture,
  type Silence,
} from './capture.js';
