/* The last sectors of a chip's flash, behind the program, for what a network has learnt. Drivers of chips fill in how they
 * are erased and programmed; reads go through memory. */
#ifndef FLASH_AREA_H
#define FLASH_AREA_H

#include <string.h>

#include "eqprop_journal.h"

/* From the linker: where the flash begins, where the program in it ends, where the flash ends. */
#ifndef FLASH_END
extern uint8_t flash_origin[], program_end[], flash_end[];
#define FLASH_ORIGIN ((uintptr_t)flash_origin)
#define PROGRAM_END ((uintptr_t)program_end)
#define FLASH_END ((uintptr_t)flash_end)
#endif

/* The context is the area's beginning. */
static uintptr_t address_of(void *context, uint32_t address) { return (uintptr_t)context + address; }

static int read_memory(void *context, uint32_t address, void *bytes, uint32_t count) {
  memcpy(bytes, (const void *)address_of(context, address), count);
  return 0;
}

/*
 * Completes a flash that has all but its area and its read function. `first` is where sectors of that size begin, in bytes from
 * the flash's beginning. Returns 0, or EQPROP_NO_ROOM where the sectors would overlap the program or those before `first`.
 */
static int take_last_sectors(struct eqprop_flash *flash, uint32_t sectors, uint32_t first) {
  const uintptr_t begins = PROGRAM_END > FLASH_ORIGIN + first ? PROGRAM_END : FLASH_ORIGIN + first;
  const uintptr_t room = begins < FLASH_END ? FLASH_END - begins : 0;
  if (sectors > room / flash->sector_bytes) return EQPROP_NO_ROOM;
  flash->sectors = sectors;
  flash->read = read_memory;
  flash->context = (void *)(FLASH_END - sectors * flash->sector_bytes);
  return 0;
}

#endif
