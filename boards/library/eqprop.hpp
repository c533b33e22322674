/* The library's calls for C++11: no exceptions, no allocation. One network a program, so these are functions. */
#ifndef EQPROP_HPP
#define EQPROP_HPP

#include "eqprop.h"
#include "eqprop_decimal.h"

namespace eqprop {

typedef eqprop_feature Feature;

/* An example. */
typedef Feature Features[EQPROP_FEATURES];

/* Output that stands for 1. */
constexpr int32_t one = EQPROP_ONE;

inline int begin() { return eqprop_begin(); }

/* Returns the class, 0 … EQPROP_CLASSES − 1, or an eqprop_error. */
inline int predict(const Features &features) { return eqprop_predict(features, EQPROP_FEATURES); }
inline int predict(const Feature *features, size_t count) { return eqprop_predict(features, count); }

inline int32_t score(int label) { return eqprop_score(label); }

inline bool is_sure(int label) { return eqprop_is_sure(label) != 0; }

inline const char *class_name(int label) { return eqprop_class_name(label); }

/* The whole number that a reading of feature f becomes. */
inline Feature decimal(size_t f, double reading) { return eqprop_decimal(f, reading); }

inline uint64_t digest() { return eqprop_digest(); }

inline uint32_t step() { return eqprop_step(); }

#if EQPROP_LEARNS

/* Returns 1 where a minibatch was learnt, 0 where the example waits for others, or an eqprop_error. */
inline int learn(const Features &features, int label) { return eqprop_learn(features, EQPROP_FEATURES, label); }
inline int learn(const Feature *features, size_t count, int label) { return eqprop_learn(features, count, label); }

/*
 * Saves to whatever has bool write(uint32_t offset, const void *bytes, uint32_t count), which tells success.
 * Returns 0 or an eqprop_error.
 */
template <class Storage>
int save(Storage &storage) {
  return eqprop_save(
      [](void *context, uint32_t offset, const void *bytes, uint32_t count) -> int {
        return static_cast<Storage *>(context)->write(offset, bytes, count) ? 0 : -1;
      },
      &storage);
}

/* Restores from whatever has bool read(uint32_t offset, void *bytes, uint32_t count). Returns 0 or an eqprop_error. */
template <class Storage>
int restore(Storage &storage) {
  return eqprop_restore(
      [](void *context, uint32_t offset, void *bytes, uint32_t count) -> int {
        return static_cast<Storage *>(context)->read(offset, bytes, count) ? 0 : -1;
      },
      &storage);
}

#endif

}  // namespace eqprop

#endif
