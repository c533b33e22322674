/* Flash of the STM32F405 and F446 (RM0090, 3; RM0390, 3), for what a network has learnt: board_flash(). The processor waits
 * while the flash is written to, be it for its own code: a sector takes up to 2 s to erase. */
#ifndef STM32F4_FLASH_H
#define STM32F4_FLASH_H

#include "flash-area.h"

#ifndef PEEK
#include "board.h"
#define PEEK(address) REGISTER(address)
#define POKE(address, value) (REGISTER(address) = (value))
#endif

#define FLASH_CONTROLLER 0x40023c00u
#define FLASH_CACHES (FLASH_CONTROLLER + 0x00)
#define FLASH_KEYR (FLASH_CONTROLLER + 0x04)
#define FLASH_SR (FLASH_CONTROLLER + 0x0c)
#define FLASH_CR (FLASH_CONTROLLER + 0x10)
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xcdef89abu
#define FLASH_SR_BSY (1u << 16)
/* OPERR, WRPERR, PGAERR, PGPERR, PGSERR, and RDERR where there is one: written ones clear them. */
#define FLASH_SR_ERRORS (1u << 1 | 0x1fu << 4)
#define FLASH_CR_PG (1u << 0)
#define FLASH_CR_SER (1u << 1)
#define FLASH_CR_SNB(sector) ((sector) << 3)
/* Words at once: the supply has 2.7 V at least. */
#define FLASH_CR_PSIZE_32 (2u << 8)
#define FLASH_CR_STRT (1u << 16)
#define FLASH_CR_LOCK (1u << 31)
#define FLASH_ACR_ICEN_DCEN (3u << 9)
#define FLASH_ACR_ICRST_DCRST (3u << 11)

/* Sectors 0 to 3 have 16 KB, sector 4 has 64; from 128 KB on they are large. */
#define LARGE_SECTOR 0x20000u
#define FIRST_LARGE_SECTOR 5u

static void await_flash(void) {
  while (PEEK(FLASH_SR) & FLASH_SR_BSY) continue;
}

static void unlock_flash(void) {
  await_flash();
  if (PEEK(FLASH_CR) & FLASH_CR_LOCK) {
    POKE(FLASH_KEYR, FLASH_KEY1);
    POKE(FLASH_KEYR, FLASH_KEY2);
  }
  POKE(FLASH_SR, FLASH_SR_ERRORS);
}

/* Locks it, and forgets what the caches hold of it. Returns whether there were errors. */
static int finish_flash(void) {
  uint32_t caches;
  await_flash();
  POKE(FLASH_CR, FLASH_CR_LOCK);
  caches = PEEK(FLASH_CACHES);
  /* Only caches that are off can be reset. */
  POKE(FLASH_CACHES, caches & ~FLASH_ACR_ICEN_DCEN);
  POKE(FLASH_CACHES, (caches & ~FLASH_ACR_ICEN_DCEN) | FLASH_ACR_ICRST_DCRST);
  POKE(FLASH_CACHES, caches);
  return (PEEK(FLASH_SR) & FLASH_SR_ERRORS) != 0;
}

static int erase_large_sector(void *context, uint32_t address) {
  const uint32_t offset = (uint32_t)(address_of(context, address) - FLASH_ORIGIN);
  const uint32_t sector = FIRST_LARGE_SECTOR - 1 + offset / LARGE_SECTOR;
  unlock_flash();
  POKE(FLASH_CR, FLASH_CR_PSIZE_32 | FLASH_CR_SER | FLASH_CR_SNB(sector));
  POKE(FLASH_CR, FLASH_CR_PSIZE_32 | FLASH_CR_SER | FLASH_CR_SNB(sector) | FLASH_CR_STRT);
  return finish_flash();
}

static int program_word(void *context, uint32_t address, const void *bytes, uint32_t count) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  (void)count;
  unlock_flash();
  POKE(FLASH_CR, FLASH_CR_PSIZE_32 | FLASH_CR_PG);
  POKE(address_of(context, address), word);
  return finish_flash();
}

/* The last `sectors` of the flash, of 128 KB each. Returns 0, or EQPROP_NO_ROOM where the program lies there, or so many large
 * ones do not. */
static int board_flash(struct eqprop_flash *flash, uint32_t sectors) {
  flash->sector_bytes = LARGE_SECTOR;
  flash->program_bytes = sizeof(uint32_t);
  flash->erase = erase_large_sector;
  flash->program = program_word;
  return take_last_sectors(flash, sectors, LARGE_SECTOR);
}

#endif
