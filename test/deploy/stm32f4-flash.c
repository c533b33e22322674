/*
 * Runs the driver of the STM32F4's flash on a model of its controller (RM0090, 3.6 and 3.9). Words: kilobytes of flash, of the
 * program, sectors, a sector that is protected.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eqprop_journal.h"

static uint8_t cells[1 << 20];
static size_t flash_bytes, program_bytes;
#define FLASH_ORIGIN ((uintptr_t)cells)
#define PROGRAM_END (FLASH_ORIGIN + program_bytes)
#define FLASH_END (FLASH_ORIGIN + flash_bytes)

static unsigned violations, programmings, erasures[12];
static unsigned protected = 99;
#define HOLDS(what) (violations += !(what))

static uint32_t control = 1u << 31, status, caches = 0x705;
static unsigned keys, busy;
/* The caches may hold what the flash held before. */
static int stale;

static const struct {
  size_t begins, bytes;
} sectors[12] = {{0, 16384},       {16384, 16384},   {32768, 16384},   {49152, 16384},   {65536, 65536},   {131072, 131072},
                 {262144, 131072}, {393216, 131072}, {524288, 131072}, {655360, 131072}, {786432, 131072}, {917504, 131072}};

static uint32_t peek(uintptr_t address) {
  switch (address) {
    case 0x40023c00: return caches;
    case 0x40023c0c: return status | (busy && busy-- ? 1u << 16 : 0);
    case 0x40023c10: return control;
    default: HOLDS(0); return 0;
  }
}

static void start(unsigned sector) {
  HOLDS(!busy && sector < 12);
  busy = 5;
  if (sector == protected) {
    status |= 1u << 4;
    return;
  }
  memset(cells + sectors[sector].begins, 0xff, sectors[sector].bytes);
  erasures[sector]++;
  stale = 1;
}

static void write_control(uint32_t value) {
  HOLDS(!busy && !(control >> 31));
  if (control >> 31) return;
  HOLDS(!(value & 1u << 2));
  control = value & ~(1u << 16);
  if (!(value & 1u << 16)) return;
  HOLDS((value & 3) == 2);
  start(value >> 3 & 15);
}

static void write_key(uint32_t key) {
  HOLDS(control >> 31);
  HOLDS(key == (keys == 0 ? 0x45670123u : 0xcdef89abu));
  keys++;
  if (keys == 2) {
    keys = 0;
    control &= ~(1u << 31);
  }
}

static void write_caches(uint32_t value) {
  if (value & 3u << 11) {
    HOLDS(!(value & 3u << 9) && !(caches & 3u << 9));
    stale = 0;
  }
  caches = value & ~(3u << 11);
}

static void write_cells(size_t at, uint32_t word) {
  HOLDS(!busy && at % 4 == 0 && at + 4 <= flash_bytes && (control & 0x303) == 0x201 && !(control >> 31));
  busy = 2;
  for (unsigned k = 0; k < 12; k++)
    if (at >= sectors[k].begins && at - sectors[k].begins < sectors[k].bytes && k == protected) {
      status |= 1u << 4;
      return;
    }
  for (int k = 0; k < 4; k++) {
    HOLDS(cells[at + k] == 0xff);
    cells[at + k] &= (uint8_t)(word >> 8 * k);
  }
  programmings++;
  stale = 1;
}

static void poke(uintptr_t address, uint32_t value) {
  switch (address) {
    case 0x40023c00: write_caches(value); return;
    case 0x40023c04: write_key(value); return;
    case 0x40023c0c: status &= ~value; return;
    case 0x40023c10: write_control(value); return;
    default: write_cells(address - (uintptr_t)cells, value);
  }
}

#define PEEK(address) peek(address)
#define POKE(address, value) poke(address, value)
#include "stm32f4-flash.h"
#include "saved-twice.h"

int main(int count, char **words) {
  struct eqprop_flash flash;
  int error;
  if (count < 4) return 2;
  flash_bytes = strtoul(words[1], 0, 10) * 1024;
  program_bytes = strtoul(words[2], 0, 10) * 1024;
  if (count > 4) protected = (unsigned)strtoul(words[4], 0, 10);
  memset(cells, 0x5a, sizeof cells);
  error = board_flash(&flash, (uint32_t)strtoul(words[3], 0, 10));
  if (error) {
    printf("refused: %d\n", error);
    return 0;
  }
  save_twice(&flash);
  for (uint8_t *cell = cells; cell < (uint8_t *)flash.context; cell++) HOLDS(*cell == 0x5a);
  HOLDS(control >> 31 && !stale && caches == 0x705);
  printf("erased:");
  for (int k = 0; k < 12; k++)
    if (erasures[k]) printf(" %d", k);
  printf(", %u words, %u violations\n", programmings, violations);
  return 0;
}
