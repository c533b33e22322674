/* A flash that is RAM which a restart keeps, for a board whose emulator programs none: the power goes amid the erasing of the
 * POWER_CUT-th sector. */
#ifndef FLASH_H
#define FLASH_H

#include <string.h>

#include "core.h"
#include "eqprop_journal.h"

#define SECTOR 1024u
#define SECTORS 8u
#define POWER_CUT 3u

static KEPT uint8_t cells[SECTORS * SECTOR];
static uint32_t erasures;

static int read_cells(void *context, uint32_t address, void *bytes, uint32_t count) {
  (void)context;
  memcpy(bytes, cells + address, count);
  return 0;
}

static int erase_cells(void *context, uint32_t address) {
  (void)context;
  memset(cells + address, 0xff, SECTOR / 2);
  if (++erasures == POWER_CUT) core_restart();
  memset(cells + address, 0xff, SECTOR);
  return 0;
}

static int program_cells(void *context, uint32_t address, const void *bytes, uint32_t count) {
  (void)context;
  for (uint32_t k = 0; k < count; k++) cells[address + k] &= ((const uint8_t *)bytes)[k];
  return 0;
}

static int board_flash(struct eqprop_flash *flash, uint32_t sectors) {
  flash->sector_bytes = SECTOR;
  flash->program_bytes = 8;
  flash->sectors = sectors;
  flash->read = read_cells;
  flash->erase = erase_cells;
  flash->program = program_cells;
  return sectors > SECTORS ? EQPROP_NO_ROOM : 0;
}

#endif
