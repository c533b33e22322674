/* The Pico 2's flash, for what a network has learnt: board_flash(). */
#ifndef FLASH_H
#define FLASH_H

#include "board.h"
#include "cortex-m-ram.h"

/* A half-word of the ROM: the address of the function that looks one up (RP2350 datasheet, 5.4). */
#define ROM_LOOKUP 0x16u
#define ROM_ARM_SECURE 4u

static uintptr_t rom_function(char first, char second) {
  typedef uintptr_t (*lookup)(uint32_t code, uint32_t mask);
  const uintptr_t look_up = *(const volatile uint16_t *)ROM_LOOKUP;
  return ((lookup)look_up)((uint32_t)first | (uint32_t)second << 8, ROM_ARM_SECURE);
}

/* At start-up the ROM has found out how the flash is read fastest, and left code in its own RAM that sets that up: it is to be
 * copied where it can run. */
#define BOOT_RAM 0x400e0000u
#define SETUP_WORDS 64u
static uint32_t set_up_reads[SETUP_WORDS];

static void prepare_reads(void) {
  for (uint32_t k = 0; k < SETUP_WORDS; k++) set_up_reads[k] = REGISTER(BOOT_RAM + 4 * k);
  __asm__ volatile("dsb\n isb" ::: "memory");
}

INLINE_IN_RAM void resume_reads(void) { ((void (*)(void))((uintptr_t)set_up_reads | 1))(); }

#include "rp2-flash.h"

#endif
