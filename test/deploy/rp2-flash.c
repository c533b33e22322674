/*
 * Runs the driver of the RP2040's and RP2350's flash on a model of the boot ROM. Memory is taken away while the flash cannot be
 * read, so that whoever reads it then ends here. Words: kilobytes of flash, of the program, sectors, a function that is missing.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "eqprop_journal.h"

static uint8_t *window;
static size_t flash_bytes, program_bytes;
#define FLASH_ORIGIN ((uintptr_t)window)
#define PROGRAM_END (FLASH_ORIGIN + program_bytes)
#define FLASH_END (FLASH_ORIGIN + flash_bytes)

static unsigned violations, erasures, programmings;
#define HOLDS(what) (violations += !(what))

/* --- the processor --- */

#define RAM_CODE
static uint32_t masked;
static uint32_t disable_interrupts(void) {
  const uint32_t before = masked;
  masked = 1;
  return before;
}

/* --- the boot ROM, and the flash behind it --- */

static enum { READING, CONNECTED, COMMANDS, FLUSHED, SLOW } mode = READING;

static void restore_interrupts(uint32_t before) {
  HOLDS(mode == READING);
  masked = before;
}

static void step(int holds, int next) {
  HOLDS(holds && masked);
  mode = next;
}

static void connect_internal_flash(void) { step(mode == READING, CONNECTED); }
static void flash_exit_xip(void) {
  step(mode == CONNECTED, COMMANDS);
  mprotect(window, flash_bytes, PROT_NONE);
}
static void flash_flush_cache(void) { step(mode == COMMANDS, FLUSHED); }
static void flash_enter_cmd_xip(void) {
  step(mode == FLUSHED, SLOW);
  mprotect(window, flash_bytes, PROT_READ);
}

static void flash_range_erase(uint32_t offset, size_t count, uint32_t block, uint8_t command) {
  HOLDS(mode == COMMANDS && masked && offset % 4096 == 0 && count == 4096 && offset + count <= flash_bytes);
  HOLDS(block == 65536 && command == 0xd8);
  mprotect(window, flash_bytes, PROT_READ | PROT_WRITE);
  memset(window + offset, 0xff, count);
  mprotect(window, flash_bytes, PROT_NONE);
  erasures++;
}

static void flash_range_program(uint32_t offset, const uint8_t *bytes, size_t count) {
  uint8_t page[256];
  HOLDS(mode == COMMANDS && masked && offset % 256 == 0 && count == 256 && offset + count <= flash_bytes);
  memcpy(page, bytes, 256);
  mprotect(window, flash_bytes, PROT_READ | PROT_WRITE);
  for (size_t k = 0; k < 256; k++) {
    HOLDS(window[offset + k] == 0xff);
    window[offset + k] &= page[k];
  }
  mprotect(window, flash_bytes, PROT_NONE);
  programmings++;
}

static const char *missing = "";
static uintptr_t rom_function(char first, char second) {
  HOLDS(mode == READING);
  if (missing[0] == first && missing[1] == second) return 0;
  switch (first << 8 | second) {
    case 'I' << 8 | 'F': return (uintptr_t)connect_internal_flash;
    case 'E' << 8 | 'X': return (uintptr_t)flash_exit_xip;
    case 'F' << 8 | 'C': return (uintptr_t)flash_flush_cache;
    case 'C' << 8 | 'X': return (uintptr_t)flash_enter_cmd_xip;
    case 'R' << 8 | 'E': return (uintptr_t)flash_range_erase;
    case 'R' << 8 | 'P': return (uintptr_t)flash_range_program;
    default: return 0;
  }
}

static int prepared;
static void prepare_reads(void) {
  HOLDS(mode == READING);
  prepared = 1;
}
static void resume_reads(void) {
  HOLDS(prepared);
  prepared = 0;
  step(mode == SLOW, READING);
}

#include "rp2-flash.h"
#include "saved-twice.h"

int main(int count, char **words) {
  struct eqprop_flash flash;
  int error;
  if (count < 4) return 2;
  flash_bytes = strtoul(words[1], 0, 10) * 1024;
  program_bytes = strtoul(words[2], 0, 10) * 1024;
  if (count > 4) missing = words[4];
  window = mmap(0, flash_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (window == MAP_FAILED) return 3;
  memset(window, 0x5a, flash_bytes);
  mprotect(window, flash_bytes, PROT_READ);
  error = board_flash(&flash, (uint32_t)strtoul(words[3], 0, 10));
  if (error) {
    printf("refused: %d\n", error);
    return 0;
  }
  save_twice(&flash);
  for (size_t k = 0; k < (size_t)((uint8_t *)flash.context - window); k++) HOLDS(window[k] == 0x5a);
  printf("area at %lu, %u erasures, %u programmings, %u violations\n", (unsigned long)((uint8_t *)flash.context - window),
         erasures, programmings, violations + masked);
  return 0;
}
