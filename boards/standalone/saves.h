/* Keeps what the network has learnt in the board's flash: included by the main.c alone. */
#ifndef SAVES_H
#define SAVES_H

#include "eqprop_journal.h"
#include "text.h"

/* Slots of the journal, where there is room for so many: with a third, one that has worn out is passed over. */
#define SLOTS 3u
#define LEAST_SLOTS 2u

static struct eqprop_flash flash;

/* Returns 0 or an error. */
static int find_flash(void) {
  uint32_t sectors;
  board_flash(&flash, 0);
  sectors = EQPROP_SAVE_SECTORS(flash.sector_bytes, flash.program_bytes);
  return board_flash(&flash, SLOTS * sectors) ? board_flash(&flash, LEAST_SLOTS * sectors) : 0;
}

static int save(void) {
  const int error = find_flash();
  return error ? error : eqprop_journal_save(&flash);
}

static int restore(void) {
  const int error = find_flash();
  return error ? error : eqprop_journal_restore(&flash);
}

static const char *reason_of(int error) {
  switch (error) {
    case EQPROP_NO_ROOM: return "the flash has no room behind the program";
    case EQPROP_NOT_WRITTEN: return "the flash does not hold what was written";
    case EQPROP_BAD_STORAGE: return "the flash can not be written or read";
    case EQPROP_OTHER_NETWORK: return "the save is another network's";
    case EQPROP_OTHER_VERSION: return "the save is another version's";
    default: return "the memory is damaged";
  }
}

static void say_saved(int error) {
  say(error ? "not saved: " : "saved step ");
  if (error) say(reason_of(error));
  else say_number(eqprop_step());
}

static void say_restored(int error) {
  if (!error) say("restored");
  else if (error == EQPROP_DAMAGED) say("nothing saved, as deployed");
  else {
    say("not restored, as deployed: ");
    say(reason_of(error));
  }
}

#endif
