/* ST's accelerometer LIS3DH at I2C: 100 samples a second, three axes, ±2 g, in thousandths of g. */
#ifndef LIS3DH_H
#define LIS3DH_H

#include <stdint.h>

#define LIS3DH_AXES 3u
/* 7 bits; 0x18 where the pin SDO is low. */
#define LIS3DH_ADDRESS 0x19u

enum lis3dh_result {
  LIS3DH_NOTHING_NEW = 0,
  LIS3DH_SAMPLE = 1,
  /* Nobody answers at its address. */
  LIS3DH_ABSENT = -1,
  /* The bus does not move. */
  LIS3DH_STUCK = -2,
  /* Another chip answers there. */
  LIS3DH_ANOTHER = -3
};

/* Looks for the sensor and starts it. Returns 0 or an error. */
int lis3dh_open(void);

/* Reads x, y and z, −2048 to 2047, where there is a new sample. Returns a lis3dh_result. */
int lis3dh_read(int16_t sample[LIS3DH_AXES]);

#endif
