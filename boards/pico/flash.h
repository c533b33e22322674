/* The Pico's flash, for what a network has learnt: board_flash(). */
#ifndef FLASH_H
#define FLASH_H

#include "cortex-m-ram.h"
#include "ssi.h"

/* Half-words of the ROM: addresses of its table of functions, and of the function that looks one up (RP2040 datasheet, 2.8.3). */
#define ROM_FUNCTIONS 0x14u
#define ROM_LOOKUP 0x18u

static uintptr_t rom_function(char first, char second) {
  typedef uintptr_t (*lookup)(const uint16_t *table, uint32_t code);
  const uintptr_t table = *(const volatile uint16_t *)ROM_FUNCTIONS;
  const uintptr_t look_up = *(const volatile uint16_t *)ROM_LOOKUP;
  /* Emulators may have no ROM. */
  if (!look_up) return 0;
  return ((lookup)look_up)((const uint16_t *)table, (uint32_t)first | (uint32_t)second << 8);
}

static void prepare_reads(void) {}

/* The boot stage's setting: the ROM's own is slower. */
INLINE_IN_RAM void resume_reads(void) { read_serially(); }

#include "rp2-flash.h"

#endif
