/* The kernel's module, fed from the line. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LARGEST_ARENA (UINT32_MAX - 0x1ffffu)

/* Starts the device. Returns false where there is not so much memory. `arena`: bytes for the network, 1 … LARGEST_ARENA;
 * `window`: bytes that a host may have under way. */
bool device_open(uint32_t arena, uint32_t window);

/* Takes bytes from the line and answers them. After a trap the device has started anew, and said so. */
void device_take(const uint8_t *bytes, size_t length);

#endif
