#!/usr/bin/env node
/** The program's beginning: whatever asks it to end is listened to before the rest is loaded. */
import './listening.js';

await import('./main.js');
