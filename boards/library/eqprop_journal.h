/*
 * Keeps what a network has learnt in flash: a journal of saves. The area is cut into as many equal slots as it has room for,
 * two at least; saves go round them, so that all sectors wear alike. The newest save is never touched by the next one: where
 * the power goes, at whichever byte, the flash holds the old weights or the new.
 */
#ifndef EQPROP_JOURNAL_H
#define EQPROP_JOURNAL_H

#include "eqprop.h"
#include "eqprop_flash.h"

#if EQPROP_LEARNS

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of whole units of program_bytes. */
#define EQPROP_WHOLE_UNITS(bytes, program_bytes) (((bytes) + (program_bytes) - 1u) / (program_bytes) * (program_bytes))

/* A slot begins with a save's number. */
#define EQPROP_NUMBER_BYTES 8u

/* Sectors of one save, so many bytes each. The area has twice as many at least; more let the flash last longer. */
#define EQPROP_SAVE_SECTORS(sector_bytes, program_bytes)                \
  ((EQPROP_WHOLE_UNITS(EQPROP_NUMBER_BYTES, program_bytes) +                  \
    EQPROP_WHOLE_UNITS(EQPROP_SAVED_BYTES, program_bytes) + (sector_bytes) - 1u) / (sector_bytes))

/*
 * Saves the parameters and the step. Slots that do not hold what is programmed are passed over. Returns 0 once the save was
 * read back whole, or an error:
 *   EQPROP_BAD_FLASH, EQPROP_NO_ROOM, EQPROP_NOT_BEGUN: nothing was erased;
 *   EQPROP_BAD_STORAGE: a call of the flash's returned an error;
 *   EQPROP_NOT_WRITTEN: no slot holds what was programmed.
 * The save before stays, whichever it is.
 */
int eqprop_journal_save(const struct eqprop_flash *flash);

/*
 * Restores the newest whole save of this network, as eqprop_restore() does. Returns 0 or an error; where there is no such
 * save, the one that the newest has, or EQPROP_DAMAGED where there is none at all.
 */
int eqprop_journal_restore(const struct eqprop_flash *flash);

#ifdef __cplusplus
}
#endif

#endif

#endif
