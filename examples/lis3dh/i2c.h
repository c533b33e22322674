/* I2C0 of the RP2040 as the bus's only master, at 400 kHz: SDA on GP4, SCL on GP5 (pins 6 and 7 of a Pico). */
#ifndef I2C_H
#define I2C_H

#include <stdint.h>

enum i2c_result {
  I2C_DONE = 0,
  /* Nobody is at that address, or it took no more. */
  I2C_NOT_ACKNOWLEDGED = -1,
  /* No transfer ends: a line is held low, or its pull-up is missing. */
  I2C_STUCK = -2
};

/* Bytes that a transfer has at most, both ways together: those that the peripheral holds. */
#define I2C_LONGEST 16u

/* Opens the bus, or opens it anew. */
void i2c_open(void);

/* Writes bytes to the device at an address (7 bits), then reads some in the same transfer; one of each at least where any are
 * read. Takes 25 milliseconds at most. Returns an i2c_result. */
int i2c_transfer(uint8_t address, const uint8_t *out, uint32_t out_count, uint8_t *in, uint32_t in_count);

#endif
