/*
 * A network trained by equilibrium propagation, in integers: it predicts and, where it was deployed to learn, goes on
 * learning. No allocation, no floats, no threads; one network a program; not to be called from an interrupt while a call is
 * under way. eqprop_config.h says how large everything is.
 */
#ifndef EQPROP_H
#define EQPROP_H

#include <stddef.h>
#include <stdint.h>

#include "eqprop_config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Returned by a call that could not do its work. Nothing was changed, but where it says so. */
enum eqprop_error {
  /* eqprop_begin() has not been called. */
  EQPROP_NOT_BEGUN = -1,
  /* There are more or fewer features than EQPROP_FEATURES. */
  EQPROP_BAD_FEATURES = -2,
  /* The label is below 0, or EQPROP_CLASSES or more. */
  EQPROP_BAD_LABEL = -3,
  /* The callback returned an error. While restoring: the network is the one that was deployed. */
  EQPROP_BAD_STORAGE = -4,
  /* The save is damaged, or there is none. */
  EQPROP_DAMAGED = -5,
  /* The save is another network's: layers, formats or settings differ, or it was deployed with other weights. */
  EQPROP_OTHER_NETWORK = -6,
  /* The save is another version's of this library. */
  EQPROP_OTHER_VERSION = -7,
  /* There is less room than two saves take, or the area overlaps the program. */
  EQPROP_NO_ROOM = -8,
  /* The kernel refused what it never refuses: something has written over its memory. */
  EQPROP_OVERWRITTEN = -9,
  /* The flash does not hold what was programmed: it is worn out, or protected. What it held before stays. */
  EQPROP_NOT_WRITTEN = -10,
  /* The description of the flash is none that can be: eqprop_flash.h says what holds for each number. */
  EQPROP_BAD_FLASH = -11
};

/* Sets the network up as it was deployed. To be called first; again, it forgets what was learnt. Returns 0. */
int eqprop_begin(void);

/*
 * Predicts one example. features: EQPROP_FEATURES of them, as the training data had them, in their order. Those that are
 * scaled are whole numbers: eqprop_fraction(f) says by which power of two a decimal one is multiplied first.
 * Returns its class, 0 … EQPROP_CLASSES − 1, or an error.
 */
int eqprop_predict(const eqprop_feature *features, size_t count);

/* The output of a class after eqprop_predict(): 0 … EQPROP_ONE, which stands for 1. 0 where there is no such class. */
int32_t eqprop_score(int label);

/*
 * Returns whether the output of a class is EQPROP_THRESHOLD or more: below it `eqprop predict` rejects an answer. It was chosen when the
 * network was deployed; 0 rejects nothing.
 */
int eqprop_is_sure(int label);

/* The name of a class, UTF-8; an empty one where there is no such class. */
const char *eqprop_class_name(int label);

/* The power of two that feature f is multiplied by, and rounded, to be a whole number. 0 where it is one. */
int eqprop_fraction(size_t feature);

/* The digest of all parameters: equal to the host's where the weights are. */
uint64_t eqprop_digest(void);

/* Minibatches that the network has learnt. */
uint32_t eqprop_step(void);

#if EQPROP_LEARNS

/*
 * Gives an example to learn. Returns 1 where it was the last of a minibatch, which has been learnt; 0 where it waits for
 * others; an error else. A minibatch has EQPROP_MINIBATCH examples. Predictions may come between.
 */
int eqprop_learn(const eqprop_feature *features, size_t count, int label);

/* Moves bytes to or from where they are kept, `offset` of them from the beginning on. Returns 0, or an error of its own. */
typedef int (*eqprop_write)(void *context, uint32_t offset, const void *bytes, uint32_t count);
typedef int (*eqprop_read)(void *context, uint32_t offset, void *bytes, uint32_t count);

/* Saves the parameters and the step: EQPROP_SAVED_BYTES, in order. Returns 0 or an error. */
int eqprop_save(eqprop_write write, void *context);

/* Says whether what was saved can be restored. Changes nothing. Returns 0 or an error. */
int eqprop_check(eqprop_read read, void *context);

/*
 * Restores what eqprop_save() has written. It is read twice, first to see that it is whole. Examples that wait for others are
 * forgotten. Returns 0 or an error.
 */
int eqprop_restore(eqprop_read read, void *context);

#endif

#ifdef __cplusplus
}
#endif

#endif
