/* Flash of the RP2040 and the RP2350, by the functions of their boot ROMs, as a network's journal wants it (RP2040 datasheet,
 * 2.8.3.1.3; RP2350 datasheet, 5.4.8). A board's flash.h gives
 * rom_function(), 0 where the ROM has none of that name, and how reads go on. */
#ifndef RP2_FLASH_H
#define RP2_FLASH_H

#include "flash-area.h"

#define FLASH_SECTOR 4096u
#define FLASH_PAGE 256u
/* The block that the ROM erases at once where it may: never here, where it is given one sector. */
#define FLASH_BLOCK 65536u
#define FLASH_BLOCK_ERASE 0xd8u

typedef void (*rom_call)(void);
typedef void (*rom_erase)(uint32_t offset, size_t count, uint32_t block, uint8_t command);
typedef void (*rom_program)(uint32_t offset, const uint8_t *bytes, size_t count);

/* Looked up while the flash, in which this code lies, can be read. */
struct rom {
  rom_call connect_internal_flash, flash_exit_xip, flash_flush_cache, flash_enter_cmd_xip;
  rom_erase flash_range_erase;
  rom_program flash_range_program;
};

/* While the flash is written to it cannot be read, be it by an interrupt: all of this is in RAM, and what it calls in ROM. */
RAM_CODE static void change_flash(const struct rom *rom, uint32_t offset, const uint8_t *page) {
  const uint32_t enabled = disable_interrupts();
  rom->connect_internal_flash();
  rom->flash_exit_xip();
  if (page) rom->flash_range_program(offset, page, FLASH_PAGE);
  else rom->flash_range_erase(offset, FLASH_SECTOR, FLASH_BLOCK, FLASH_BLOCK_ERASE);
  rom->flash_flush_cache();
  rom->flash_enter_cmd_xip();
  resume_reads();
  restore_interrupts(enabled);
}

/* Programs a page or, where there is none, erases a sector. Returns 1 where the ROM lacks a function. */
static int change(uintptr_t address, const uint8_t *page) {
  /* From flash to RAM is further than a branch reaches. */
  void (*volatile const in_ram)(const struct rom *, uint32_t, const uint8_t *) = change_flash;
  struct rom rom;
  rom.connect_internal_flash = (rom_call)rom_function('I', 'F');
  rom.flash_exit_xip = (rom_call)rom_function('E', 'X');
  rom.flash_flush_cache = (rom_call)rom_function('F', 'C');
  rom.flash_enter_cmd_xip = (rom_call)rom_function('C', 'X');
  rom.flash_range_erase = (rom_erase)rom_function('R', 'E');
  rom.flash_range_program = (rom_program)rom_function('R', 'P');
  if (!rom.connect_internal_flash || !rom.flash_exit_xip || !rom.flash_flush_cache || !rom.flash_enter_cmd_xip ||
      !rom.flash_range_erase || !rom.flash_range_program)
    return 1;
  prepare_reads();
  in_ram(&rom, (uint32_t)(address - FLASH_ORIGIN), page);
  return 0;
}

static int erase_sector(void *context, uint32_t address) { return change(address_of(context, address), 0); }

static int program_page(void *context, uint32_t address, const void *bytes, uint32_t count) {
  (void)count;
  return change(address_of(context, address), (const uint8_t *)bytes);
}

/* The last `sectors` of the flash, of 4 KB each. Returns 0, or EQPROP_NO_ROOM where the program lies there. */
static int board_flash(struct eqprop_flash *flash, uint32_t sectors) {
  flash->sector_bytes = FLASH_SECTOR;
  flash->program_bytes = FLASH_PAGE;
  flash->erase = erase_sector;
  flash->program = program_page;
  return take_last_sectors(flash, sectors, 0);
}

#endif
