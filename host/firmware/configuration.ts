/** Turns a board.toml into words for the compiler and the linker. */
import { Fault } from '../wire/index.js';
import type { Board } from './board.js';

/** `outOfBounds` → `OUT_OF_BOUNDS` */
function macroName(name: string): string {
  return name.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** config.h */
export function configHeader({ core, uart, usb }: Board, baud: number): string {
  const [vendor, product] = usb?.own?.split(':') ?? [];
  const constants = {
    CLOCK: core.clock,
    CORES: core.cores,
    UART_BAUD: baud,
    UART_WINDOW: uart.window,
    ...(usb?.own && { USB_VENDOR: Number.parseInt(vendor, 16), USB_PRODUCT: Number.parseInt(product, 16) }),
    ...Object.fromEntries(Object.entries(Fault).map(([name, code]) => [`FAULT_${macroName(name)}`, code])),
  };
  const lines = Object.entries(constants).map(([name, value]) => `#define ${name} ${value}u\n`);
  return `/* Written by the build. */\n${lines.join('')}`;
}

/** memory.ld */
export function memoryScript({ core, flash, ram }: Board): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  return `/* Written by the build, from board.toml. */
MEMORY {
  FLASH (rx) : ORIGIN = ${hex(flash.origin)}, LENGTH = ${hex(flash.size)}
  RAM (rw) : ORIGIN = ${hex(ram.origin)}, LENGTH = ${hex(ram.size)}
}
STACK = ${ram.stack};
SECOND_STACK = ${core.cores > 1 ? ram.stack : 0};
STATIC = ${ram.static};

/* Sections of the compiler's own library for debuggers and unwinders: it names folders of the computer it was built on. */
SECTIONS { /DISCARD/ : { *(.debug*) *(.ARM.exidx*) *(.ARM.extab*) } }
`;
}
