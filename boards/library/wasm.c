/*
 * The library as a WebAssembly module without imports, for edge runtimes. Numbers are i32 unless said; errors are those of
 * eqprop.h. Calls that have an example take it from the features' place.
 */
#include "eqprop.h"

#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

static eqprop_feature places[EQPROP_FEATURES];

/* Where a host writes the features: EQPROP_FEATURES of them, bytes or, where they are scaled, i32. */
eqprop_feature *EXPORT(features)(void) { return places; }

int EXPORT(featureCount)(void) { return EQPROP_FEATURES; }

/* Bytes of a feature. */
int EXPORT(featureBytes)(void) { return (int)sizeof(eqprop_feature); }

int EXPORT(fraction)(int feature) { return eqprop_fraction((size_t)feature); }

int EXPORT(classCount)(void) { return EQPROP_CLASSES; }

/* The name of a class: UTF-8 that ends in a zero. */
const char *EXPORT(className)(int label) { return eqprop_class_name(label); }

/* Begins anew, as deployed; the first call does it too. */
int EXPORT(begin)(void) { return eqprop_begin(); }

static int begun;

static void begin_once(void) {
  if (!begun) eqprop_begin();
  begun = 1;
}

int EXPORT(predict)(void) {
  begin_once();
  return eqprop_predict(places, EQPROP_FEATURES);
}

/* An output of the last prediction: 0 … one(). */
int EXPORT(score)(int label) { return eqprop_score(label); }

/* 0 where the last prediction would be rejected. */
int EXPORT(isSure)(int label) { return eqprop_is_sure(label); }

int EXPORT(one)(void) { return EQPROP_ONE; }

int EXPORT(step)(void) { return (int)eqprop_step(); }

/* i64 */
uint64_t EXPORT(digest)(void) { return eqprop_digest(); }

#if EQPROP_LEARNS

int EXPORT(learn)(int label) {
  begin_once();
  return eqprop_learn(places, EQPROP_FEATURES, label);
}

static uint8_t kept[EQPROP_SAVED_BYTES];

/* Where save() writes and restore() reads: savedBytes() of them. */
uint8_t *EXPORT(saved)(void) { return kept; }

int EXPORT(savedBytes)(void) { return EQPROP_SAVED_BYTES; }

static int write_kept(void *context, uint32_t offset, const void *bytes, uint32_t count) {
  (void)context;
  memcpy(kept + offset, bytes, count);
  return 0;
}

static int read_kept(void *context, uint32_t offset, void *bytes, uint32_t count) {
  (void)context;
  memcpy(bytes, kept + offset, count);
  return 0;
}

int EXPORT(save)(void) {
  begin_once();
  return eqprop_save(write_kept, NULL);
}

int EXPORT(restore)(void) {
  begin_once();
  return eqprop_restore(read_kept, NULL);
}

#endif
