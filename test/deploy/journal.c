/*
 * Runs a network's journal on a flash that is simulated: erasing sets bits by the sector, programming clears them by the unit,
 * and the power may go at any byte of either. Says what it found, a line a run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eqprop_journal.h"

/* --- the flash --- */

enum { MOST = 1 << 16 };

/* Ways that the byte may end at which the power goes, and of those of its sector or unit behind it. */
enum torn { UNTOUCHED, HALF, SCATTERED, TORN_WAYS };

static uint8_t cells[MOST];
static uint32_t wear[MOST];
/* Bytes that are yet erased or programmed until the power goes; none where negative. */
static long power = -1;
static enum torn torn;
/* Units that were programmed without being erased, calls that no flash takes, and all calls that change something. */
static unsigned long violations, changes;
/* A cell that holds the opposite of what is programmed; none where negative. */
static long worn = -1;
/* Sectors that cannot be read, and that are left as they are without a word: from a first one on, so many. */
struct range {
  uint32_t first, count;
};
static struct range unreadable, protected;
static int fails_to_erase, fails_to_program;
/* Calls until one returns an error; none does where negative. */
static long failing = -1;

static uint32_t seed = 1;
static uint32_t random_bits(void) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  return seed ^= seed << 5;
}

static struct eqprop_flash flash;

static int fails(void) { return power == 0 || (failing >= 0 && failing-- == 0); }

static int is_within(uint32_t address, struct range range) {
  return address / flash.sector_bytes - range.first < range.count;
}

static int flash_read(void *context, uint32_t address, void *bytes, uint32_t count) {
  (void)context;
  if (address > flash.sectors * flash.sector_bytes || count > flash.sectors * flash.sector_bytes - address) violations++;
  if (fails() || is_within(address, unreadable)) return 1;
  memcpy(bytes, cells + address, count);
  return 0;
}

/* The power goes: bytes that were on their way from what they are to what they should be. */
static void tear(uint32_t from, uint32_t to, const uint8_t *wanted) {
  if (torn == UNTOUCHED) return;
  if (torn == HALF) to = from + 1;
  for (uint32_t at = from; at < to; at++) {
    const uint8_t mask = (uint8_t)random_bits();
    cells[at] = (uint8_t)((cells[at] & mask) | (wanted[at - from] & ~mask));
  }
}

static int change(uint32_t address, const uint8_t *wanted, uint32_t count) {
  changes++;
  for (uint32_t k = 0; k < count; k++) {
    if (power == 0) {
      tear(address + k, address + count, wanted + k);
      return 1;
    }
    if (power > 0) power--;
    cells[address + k] = wanted[k];
  }
  return 0;
}

static int flash_erase(void *context, uint32_t address) {
  static uint8_t erased[MOST];
  (void)context;
  if (address % flash.sector_bytes != 0 || address / flash.sector_bytes >= flash.sectors) violations++;
  if (fails_to_erase || (failing >= 0 && failing-- == 0)) return 1;
  if (is_within(address, protected)) return 0;
  memset(erased, 0xff, flash.sector_bytes);
  wear[address / flash.sector_bytes]++;
  return change(address, erased, flash.sector_bytes);
}

static int flash_program(void *context, uint32_t address, const void *bytes, uint32_t count) {
  uint8_t wanted[EQPROP_FLASH_UNIT];
  const uint8_t *from = (const uint8_t *)bytes;
  int error;
  (void)context;
  if (count != flash.program_bytes || address % count != 0) violations++;
  if (fails_to_program || (failing >= 0 && failing-- == 0)) return 1;
  if (is_within(address, protected)) return 0;
  for (uint32_t k = 0; k < count; k++) {
    if (power != 0 && cells[address + k] != 0xff) violations++;
    wanted[k] = cells[address + k] & from[k];
  }
  error = change(address, wanted, count);
  if (worn >= (long)address && worn < (long)(address + count)) cells[worn] = (uint8_t)~from[worn - address];
  return error;
}

static void new_flash(uint32_t sector_bytes, uint32_t program_bytes, uint32_t sectors) {
  const struct eqprop_flash described = {sector_bytes, program_bytes, sectors, flash_read, flash_erase, flash_program, 0};
  flash = described;
  for (uint32_t k = 0; k < sizeof cells; k++) cells[k] = (uint8_t)random_bits();
  memset(wear, 0, sizeof wear);
  power = worn = failing = -1;
  unreadable.count = protected.count = 0;
  fails_to_erase = fails_to_program = 0;
  violations = changes = 0;
}

/* --- the network --- */

static void learn(void) {
  eqprop_feature features[EQPROP_FEATURES];
  for (int k = 0; k < EQPROP_MINIBATCH; k++) {
    for (int f = 0; f < EQPROP_FEATURES; f++) features[f] = (eqprop_feature)(random_bits() & 0xff);
    eqprop_learn(features, EQPROP_FEATURES, (int)(random_bits() % EQPROP_CLASSES));
  }
}

static int restart(void) {
  power = -1;
  eqprop_begin();
  return eqprop_journal_restore(&flash);
}

static uint8_t fresh[EQPROP_SAVED_BYTES];
static int put(void *context, uint32_t offset, const void *bytes, uint32_t count) {
  (void)context;
  memcpy(fresh + offset, bytes, count);
  return 0;
}
static int get(void *context, uint32_t offset, void *bytes, uint32_t count) {
  (void)context;
  memcpy(bytes, fresh + offset, count);
  return 0;
}

/* --- what is looked for --- */

static unsigned long cuts, olds, news, lost, stayed_broken, untold;

/* The flash as it is now, and the new weights in `fresh`: the power goes after `bytes`. Returns whether it went. */
static int cut(long bytes, uint64_t old_digest, uint64_t new_digest) {
  int error, went;
  restart();
  eqprop_restore(get, 0);
  power = bytes;
  error = eqprop_journal_save(&flash);
  went = power == 0;
  cuts++;
  restart();
  /* A save that was told is one. */
  if (!error && eqprop_digest() != new_digest) untold++;
  if (error && !went) untold++;
  if (eqprop_digest() == old_digest) olds++;
  else if (eqprop_digest() == new_digest) news++;
  else lost++;
  learn();
  new_digest = eqprop_digest();
  if (eqprop_journal_save(&flash) != 0 || restart() != 0 || eqprop_digest() != new_digest) stayed_broken++;
  return went;
}

/* Cuts the save after `saves` others at every byte, in every way. */
static void cut_everywhere(int saves) {
  static uint8_t before[MOST];
  uint64_t old_digest, new_digest;
  eqprop_begin();
  for (int k = 0; k < saves; k++) {
    learn();
    if (eqprop_journal_save(&flash) != 0) stayed_broken++;
  }
  restart();
  old_digest = eqprop_digest();
  learn();
  new_digest = eqprop_digest();
  eqprop_save(put, 0);
  memcpy(before, cells, sizeof cells);
  for (torn = UNTOUCHED; torn < TORN_WAYS; torn++)
    for (long bytes = 0;; bytes++) {
      memcpy(cells, before, sizeof cells);
      if (!cut(bytes, old_digest, new_digest)) break;
    }
  memcpy(cells, before, sizeof cells);
}

static void tell_cuts(void) {
  printf("%lu cuts: %s old, %s new, %lu lost, %lu untold, %lu broken after, %lu violations\n", cuts, olds ? "some" : "none",
         news ? "some" : "none", lost, untold, stayed_broken, violations);
}

/* Learns and saves, the power going at random now and then; what comes back is what was there, or what was being saved. */
static void at_random(int saves) {
  uint64_t old_digest, new_digest;
  const long most = 2 * (long)(flash.sector_bytes * EQPROP_SAVE_SECTORS(flash.sector_bytes, flash.program_bytes));
  restart();
  for (int k = 0; k < saves; k++) {
    int error;
    old_digest = eqprop_digest();
    learn();
    new_digest = eqprop_digest();
    torn = (enum torn)(random_bits() % TORN_WAYS);
    power = random_bits() % 4 ? (long)(random_bits() % (uint32_t)most) : -1;
    error = eqprop_journal_save(&flash);
    if (error && power != 0) stayed_broken++;
    cuts += power == 0;
    restart();
    if (!error && eqprop_digest() != new_digest) untold++;
    if (eqprop_digest() == new_digest) news++;
    else if (eqprop_digest() == old_digest) olds++;
    else lost++;
  }
  tell_cuts();
}

static void wear_out(int saves) {
  uint32_t least = 0xffffffff, most = 0;
  const uint32_t each = EQPROP_SAVE_SECTORS(flash.sector_bytes, flash.program_bytes);
  const uint32_t used = flash.sectors / each * each;
  eqprop_begin();
  for (int k = 0; k < saves; k++)
    if (eqprop_journal_save(&flash) != 0) stayed_broken++;
  for (uint32_t k = 0; k < used; k++) {
    if (wear[k] < least) least = wear[k];
    if (wear[k] > most) most = wear[k];
  }
  printf("%lu to %lu erasures of %lu sectors, %lu broken, %lu violations\n", (unsigned long)least, (unsigned long)most,
         (unsigned long)used, stayed_broken, violations);
}

/* Fills the slots, the last save being in the first of them. */
static void fill(uint32_t sector_bytes, uint32_t program_bytes, uint32_t slots) {
  new_flash(sector_bytes, program_bytes, EQPROP_SAVE_SECTORS(sector_bytes, program_bytes) * slots);
  eqprop_begin();
  for (uint32_t k = 0; k <= slots; k++) {
    learn();
    if (eqprop_journal_save(&flash) != 0) stayed_broken++;
  }
  restart();
}

/* A fault hits the slot that comes next, the second: says what comes, and which weights are there in the end. */
static void fault_in(int fault, uint32_t sector_bytes, uint32_t program_bytes, uint32_t slots) {
  static const char *const names[] = {"number worn", "save worn", "protected", "half protected", "no erasing",
                                      "no programming", "unreadable"};
  const uint32_t each = EQPROP_SAVE_SECTORS(sector_bytes, program_bytes);
  uint64_t old_digest, new_digest;
  unsigned long before;
  int error, restored;
  fill(sector_bytes, program_bytes, slots);
  switch (fault) {
    case 0: worn = (long)(each * sector_bytes) + 4; break;
    case 1: worn = (long)(2 * each * sector_bytes) - 1 - (long)sector_bytes; break;
    case 2: protected.first = each, protected.count = each; break;
    case 3: protected.first = 2 * each - 1, protected.count = 1; break;
    case 4: fails_to_erase = 1; break;
    case 5: fails_to_program = 1; break;
    default: unreadable.first = each, unreadable.count = 1;
  }
  before = changes;
  old_digest = eqprop_digest();
  learn();
  new_digest = eqprop_digest();
  error = eqprop_journal_save(&flash);
  restored = restart();
  printf("%s: %d %d %s%s\n", names[fault], error, restored,
         eqprop_digest() == new_digest ? "new" : eqprop_digest() == old_digest ? "old" : "lost",
         before == changes ? ", unchanged" : "");
}

/* Each call in turn returns an error. */
static void fail_everywhere(void) {
  static uint8_t copy[MOST];
  uint64_t old_digest, new_digest;
  fill(flash.sector_bytes, flash.program_bytes, 2);
  old_digest = eqprop_digest();
  learn();
  new_digest = eqprop_digest();
  eqprop_save(put, 0);
  memcpy(copy, cells, sizeof cells);
  for (long call = 0;; call++) {
    int error, went;
    memcpy(cells, copy, sizeof cells);
    eqprop_restore(get, 0);
    failing = call;
    error = eqprop_journal_save(&flash);
    went = failing < 0;
    failing = -1;
    cuts++;
    if (error != (went ? EQPROP_BAD_STORAGE : 0)) untold++;
    restart();
    if (eqprop_digest() == new_digest) news++;
    else if (eqprop_digest() == old_digest) olds++;
    else lost++;
    if (!went) break;
  }
  tell_cuts();
}

/* Goes on with the flash that standard input brings: restores, or begins anew, learns and saves. Puts out what it is then. */
static void go_on(void) {
  const uint32_t bytes = flash.sectors * flash.sector_bytes;
  int restored, saved;
  if (fread(cells, 1, bytes, stdin) != bytes) memset(cells, 0xff, bytes);
  restored = restart();
  fprintf(stderr, "%d %lu, ", restored, (unsigned long)eqprop_step());
  learn();
  saved = eqprop_journal_save(&flash);
  fprintf(stderr, "%d %lu", saved, (unsigned long)eqprop_step());
  fwrite(cells, 1, bytes, stdout);
}

static void refusals(void) {
  const uint32_t each = EQPROP_SAVE_SECTORS(64, 16);
  static const uint32_t descriptions[][3] = {{64, 0, 99},       {0, 16, 99},  {64, 48, 99},
                                             {1024, 512, 99},   {64, 16, 0}, {64, 16, 1},
                                             {65536, 16, 65536}};
  new_flash(64, 16, 2 * each - 1);
  eqprop_begin();
  printf("short: %d %d\n", eqprop_journal_save(&flash), eqprop_journal_restore(&flash));
  for (unsigned k = 0; k < sizeof descriptions / sizeof *descriptions; k++) {
    flash.sector_bytes = descriptions[k][0];
    flash.program_bytes = descriptions[k][1];
    flash.sectors = descriptions[k][2];
    printf("%lu/%lu/%lu: %d %d\n", (unsigned long)flash.sector_bytes, (unsigned long)flash.program_bytes,
           (unsigned long)flash.sectors, eqprop_journal_save(&flash), eqprop_journal_restore(&flash));
  }
  printf("%lu changes\n", changes);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  const uint32_t sector = count > 2 ? (uint32_t)strtoul(words[2], 0, 10) : 64;
  const uint32_t unit = count > 3 ? (uint32_t)strtoul(words[3], 0, 10) : 16;
  const uint32_t sectors = count > 4 ? (uint32_t)strtoul(words[4], 0, 10) : 32;
  const int saves = count > 5 ? (int)strtol(words[5], 0, 10) : 3;
  seed = count > 6 ? (uint32_t)strtoul(words[6], 0, 10) : 1;
  if (strcmp(what, "sectors") == 0) {
    printf("%lu\n", (unsigned long)EQPROP_SAVE_SECTORS(sector, unit));
    return 0;
  }
  new_flash(sector, unit, sectors);
  if (strcmp(what, "begin") == 0) {
    const int saved = eqprop_journal_save(&flash);
    printf("%d %d, %lu changes\n", saved, eqprop_journal_restore(&flash), changes);
  } else if (strcmp(what, "cut") == 0) {
    cut_everywhere(saves);
    tell_cuts();
  } else if (strcmp(what, "random") == 0) at_random(saves);
  else if (strcmp(what, "wear") == 0) wear_out(saves);
  else if (strcmp(what, "failing") == 0) fail_everywhere();
  else if (strcmp(what, "faults") == 0) for (int fault = 0; fault < 7; fault++) fault_in(fault, sector, unit, sectors);
  else if (strcmp(what, "on") == 0) go_on();
  else if (strcmp(what, "refusals") == 0) refusals();
  return 0;
}
