/* LIS3DH datasheet, 6.1 (its way of I2C) and 8 (its registers); names are the datasheet's. */
#include "lis3dh.h"

#include "i2c.h"

#define WHO_AM_I 0x0fu
#define WHO_AM_I_LIS3DH 0x33u
#define CTRL_REG1 0x20u
#define CTRL_REG1_ODR_100HZ (5u << 4)
#define CTRL_REG1_XYZ_EN 7u
#define CTRL_REG4 0x23u
/* The two bytes of a value are of one sample. */
#define CTRL_REG4_BDU (1u << 7)
/* 12 bits, in the upper ones of 16; of ±2 g, so that one is a thousandth. */
#define CTRL_REG4_HR (1u << 3)
#define STATUS_REG 0x27u
#define STATUS_REG_ZYXDA (1u << 3)
#define OUT_X_L 0x28u
/* In a register's address: go on to the next one with each byte. */
#define AUTO_INCREMENT 0x80u

_Static_assert((int)I2C_NOT_ACKNOWLEDGED == (int)LIS3DH_ABSENT && (int)I2C_STUCK == (int)LIS3DH_STUCK, "errors of the bus are passed on");

static int read(uint8_t from, uint8_t *bytes, uint32_t count) {
  return i2c_transfer(LIS3DH_ADDRESS, &from, 1, bytes, count);
}

static int write(uint8_t to, uint8_t value) {
  const uint8_t bytes[] = {to, value};
  return i2c_transfer(LIS3DH_ADDRESS, bytes, sizeof bytes, 0, 0);
}

int lis3dh_open(void) {
  uint8_t identity;
  i2c_open();
  int error = read(WHO_AM_I, &identity, 1);
  if (error) return error;
  if (identity != WHO_AM_I_LIS3DH) return LIS3DH_ANOTHER;
  error = write(CTRL_REG4, CTRL_REG4_BDU | CTRL_REG4_HR);
  return error ? error : write(CTRL_REG1, CTRL_REG1_ODR_100HZ | CTRL_REG1_XYZ_EN);
}

int lis3dh_read(int16_t sample[LIS3DH_AXES]) {
  uint8_t status, bytes[2 * LIS3DH_AXES];
  int error = read(STATUS_REG, &status, 1);
  if (error) return error;
  if (!(status & STATUS_REG_ZYXDA)) return LIS3DH_NOTHING_NEW;
  error = read(OUT_X_L | AUTO_INCREMENT, bytes, sizeof bytes);
  if (error) return error;
  for (uint32_t axis = 0; axis < LIS3DH_AXES; axis++) {
    const int16_t value = (int16_t)(bytes[2 * axis] | bytes[2 * axis + 1] << 8);
    sample[axis] = (int16_t)(value >> 4);
  }
  return LIS3DH_SAMPLE;
}
