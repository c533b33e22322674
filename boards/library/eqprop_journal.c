/*
 * A slot: a number, filled up to a whole unit, then what eqprop_save() writes. The number is programmed last, when the rest has
 * been read back. It is followed by its complement: programming clears bits and erasing sets them, so half a number is never
 * taken for one.
 */
#include "eqprop_journal.h"

#if EQPROP_LEARNS

#include <string.h>

#define NO_SLOT 0xffffffffu

struct journal {
  const struct eqprop_flash *flash;
  uint32_t slots;
  uint32_t slot_sectors;
  /* Bytes before a slot's save. */
  uint32_t head;
};

/* A slot. */
struct place {
  const struct journal *journal;
  uint32_t address;
};

/* A slot that is written: its offset where the next unit belongs, and bytes of that so far. */
struct written {
  struct place place;
  uint32_t next;
  uint32_t held;
  uint8_t unit[EQPROP_FLASH_UNIT];
};

static int open_journal(struct journal *journal, const struct eqprop_flash *flash) {
  const uint32_t unit = flash->program_bytes;
  const uint32_t sector = flash->sector_bytes;
  if (unit == 0 || unit > EQPROP_FLASH_UNIT || sector == 0 || sector % unit != 0) return EQPROP_BAD_FLASH;
  if (flash->sectors > 0xffffffffu / sector) return EQPROP_BAD_FLASH;
  journal->flash = flash;
  journal->head = EQPROP_WHOLE_UNITS(EQPROP_NUMBER_BYTES, unit);
  journal->slot_sectors = EQPROP_SAVE_SECTORS(sector, unit);
  journal->slots = flash->sectors / journal->slot_sectors;
  return journal->slots < 2 ? EQPROP_NO_ROOM : 0;
}

static uint32_t slot_address(const struct journal *journal, uint32_t slot) {
  return slot * journal->slot_sectors * journal->flash->sector_bytes;
}

/* --- numbers --- */

static void put_number(uint8_t bytes[EQPROP_NUMBER_BYTES], uint32_t number) {
  for (int k = 0; k < 4; k++) {
    bytes[k] = (uint8_t)(number >> 8 * k);
    bytes[4 + k] = (uint8_t)~bytes[k];
  }
}

static int is_number(const uint8_t bytes[EQPROP_NUMBER_BYTES]) {
  for (int k = 0; k < 4; k++)
    if ((bytes[k] ^ bytes[4 + k]) != 0xff) return 0;
  return 1;
}

static uint32_t number_of(const uint8_t bytes[EQPROP_NUMBER_BYTES]) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Numbers may wrap around: those of one journal are close to each other. */
static int is_newer(uint32_t number, uint32_t other) { return number - other - 1 < 0x7fffffff; }

/* --- finding --- */

struct found {
  /* The slot of the newest save that can be restored, or NO_SLOT. */
  uint32_t slot;
  uint32_t number;
  /* The highest number, whosever it is; and the slot that has it, or NO_SLOT. */
  uint32_t last;
  uint32_t last_slot;
  /* Why that one cannot be restored. */
  int error;
  /* Some slot could not be read. */
  int is_unreadable;
};

static int read_save(void *context, uint32_t offset, void *bytes, uint32_t count) {
  const struct place *place = (const struct place *)context;
  const struct eqprop_flash *flash = place->journal->flash;
  return flash->read(flash->context, place->address + place->journal->head + offset, bytes, count);
}

static void look_at(const struct journal *journal, uint32_t slot, struct found *found) {
  uint8_t bytes[EQPROP_NUMBER_BYTES];
  struct place place;
  uint32_t number;
  int error;
  place.journal = journal;
  place.address = slot_address(journal, slot);
  if (journal->flash->read(journal->flash->context, place.address, bytes, sizeof bytes)) {
    found->is_unreadable = 1;
    return;
  }
  if (!is_number(bytes)) return;
  number = number_of(bytes);
  error = eqprop_check(read_save, &place);
  if (error == EQPROP_BAD_STORAGE) found->is_unreadable = 1;
  if (found->last_slot == NO_SLOT || is_newer(number, found->last)) {
    found->last = number;
    found->last_slot = slot;
    found->error = error;
  }
  if (!error && (found->slot == NO_SLOT || is_newer(number, found->number))) {
    found->number = number;
    found->slot = slot;
  }
}

static void find(const struct journal *journal, struct found *found) {
  memset(found, 0, sizeof *found);
  found->slot = found->last_slot = NO_SLOT;
  found->error = EQPROP_DAMAGED;
  for (uint32_t slot = 0; slot < journal->slots; slot++) look_at(journal, slot, found);
  if (found->is_unreadable) found->error = EQPROP_BAD_STORAGE;
}

/* --- saving --- */

static int erase_slot(const struct place *place) {
  const struct eqprop_flash *flash = place->journal->flash;
  for (uint32_t k = 0; k < place->journal->slot_sectors; k++)
    if (flash->erase(flash->context, place->address + k * flash->sector_bytes)) return 1;
  return 0;
}

/* Programs the bytes that are held, filled up to a unit. */
static int program_unit(struct written *written) {
  const struct eqprop_flash *flash = written->place.journal->flash;
  const uint32_t address = written->place.address + written->next;
  memset(written->unit + written->held, 0xff, flash->program_bytes - written->held);
  written->next += flash->program_bytes;
  written->held = 0;
  return flash->program(flash->context, address, written->unit, flash->program_bytes);
}

static int append(struct written *written, const uint8_t *bytes, uint32_t count) {
  while (count--) {
    written->unit[written->held++] = *bytes++;
    if (written->held == written->place.journal->flash->program_bytes && program_unit(written)) return 1;
  }
  return 0;
}

static int append_rest(struct written *written) { return written->held > 0 && program_unit(written); }

/* Erases before the first byte: nothing is erased for a save that does not begin. */
static int write_save(void *context, uint32_t offset, const void *bytes, uint32_t count) {
  struct written *written = (struct written *)context;
  if (offset == 0 && erase_slot(&written->place)) return 1;
  return append(written, (const uint8_t *)bytes, count);
}

static int write_number(struct written *written, uint32_t number) {
  const struct eqprop_flash *flash = written->place.journal->flash;
  uint8_t bytes[EQPROP_NUMBER_BYTES], held[EQPROP_NUMBER_BYTES];
  put_number(bytes, number);
  written->next = 0;
  if (append(written, bytes, sizeof bytes) || append_rest(written)) return EQPROP_BAD_STORAGE;
  if (flash->read(flash->context, written->place.address, held, sizeof held)) return EQPROP_BAD_STORAGE;
  return memcmp(held, bytes, sizeof held) == 0 ? 0 : EQPROP_NOT_WRITTEN;
}

static int write_slot(const struct journal *journal, uint32_t slot, uint32_t number) {
  struct written written;
  int error;
  written.place.journal = journal;
  written.place.address = slot_address(journal, slot);
  written.next = journal->head;
  written.held = 0;
  error = eqprop_save(write_save, &written);
  if (error) return error;
  if (append_rest(&written)) return EQPROP_BAD_STORAGE;
  error = eqprop_check(read_save, &written.place);
  if (error) return error == EQPROP_BAD_STORAGE ? error : EQPROP_NOT_WRITTEN;
  return write_number(&written, number);
}

int eqprop_journal_save(const struct eqprop_flash *flash) {
  struct journal journal;
  struct found found;
  uint32_t before;
  int error = open_journal(&journal, flash);
  if (error) return error;
  find(&journal, &found);
  /* A slot that cannot be read may be the newest. */
  if (found.is_unreadable) return EQPROP_BAD_STORAGE;
  before = found.slot != NO_SLOT ? found.slot : found.last_slot != NO_SLOT ? found.last_slot : journal.slots - 1;
  for (uint32_t k = 1; k <= journal.slots; k++) {
    const uint32_t slot = (before + k) % journal.slots;
    if (slot == found.slot) break;
    error = write_slot(&journal, slot, found.last + 1);
    if (error != EQPROP_BAD_STORAGE && error != EQPROP_NOT_WRITTEN) break;
  }
  return error;
}

/* --- restoring --- */

int eqprop_journal_restore(const struct eqprop_flash *flash) {
  struct journal journal;
  struct found found;
  struct place place;
  int error = open_journal(&journal, flash);
  if (error) return error;
  find(&journal, &found);
  if (found.slot == NO_SLOT) return found.error;
  place.journal = &journal;
  place.address = slot_address(&journal, found.slot);
  return eqprop_restore(read_save, &place);
}

#endif
