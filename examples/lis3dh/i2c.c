/* RP2040 datasheet, 4.3; names are the datasheet's. */
#include "i2c.h"

#include <stdbool.h>

#include "microseconds.h"

#define I2C0 0x40044000u
#define IC_CON REGISTER(I2C0 + 0x00)
#define IC_TAR REGISTER(I2C0 + 0x04)
#define IC_DATA_CMD REGISTER(I2C0 + 0x10)
#define IC_FS_SCL_HCNT REGISTER(I2C0 + 0x1c)
#define IC_FS_SCL_LCNT REGISTER(I2C0 + 0x20)
#define IC_RAW_INTR_STAT REGISTER(I2C0 + 0x34)
#define IC_CLR_INTR REGISTER(I2C0 + 0x40)
#define IC_CLR_TX_ABRT REGISTER(I2C0 + 0x54)
#define IC_CLR_STOP_DET REGISTER(I2C0 + 0x60)
#define IC_ENABLE REGISTER(I2C0 + 0x6c)
#define IC_RXFLR REGISTER(I2C0 + 0x78)
#define IC_SDA_HOLD REGISTER(I2C0 + 0x7c)
#define IC_FS_SPKLEN REGISTER(I2C0 + 0xa0)

#define CON_MASTER_MODE (1u << 0)
#define CON_SPEED_FAST (2u << 1)
#define CON_RESTART_EN (1u << 5)
#define CON_SLAVE_DISABLE (1u << 6)
#define DATA_CMD_READ (1u << 8)
#define DATA_CMD_STOP (1u << 9)
#define DATA_CMD_RESTART (1u << 10)
#define INTR_TX_ABRT (1u << 6)
#define INTR_STOP_DET (1u << 9)

#define RESET_I2C0 (1u << 3)
#define IO_BANK0_GPIO_CTRL(pin) REGISTER(0x40014004u + 8u * (pin))
#define PADS_BANK0_GPIO(pin) REGISTER(0x4001c004u + 4u * (pin))
#define FUNCSEL_I2C 3u
#define SDA 4u
#define SCL 5u

/* Cycles of a bit: low for three fifths of it, as the specification asks for 1.3 of 2.5 microseconds at least. */
#define PERIOD (CLOCK / 400000u)
#define LOW (PERIOD * 3u / 5u)
/* Spikes of 50 nanoseconds are none; data stay for 300 behind the clock's edge. */
#define SPIKE (CLOCK / 20000000u)
#define HOLD (CLOCK / 10000000u * 3u)

/* Microseconds: 16 bytes and the address take 400, devices may stretch them. */
#define PATIENCE 25000u

static void open_pin(uint32_t pin) {
  /* The pull-up is weak: boards with sensors have their own. */
  PADS_BANK0_GPIO(pin) = PAD_INPUT_ENABLE | PAD_PULL_UP | PAD_SCHMITT | PAD_DRIVE_4MA;
  IO_BANK0_GPIO_CTRL(pin) = FUNCSEL_I2C;
}

void i2c_open(void) {
  reset_blocks(RESET_I2C0);
  IC_ENABLE = 0;
  IC_CON = CON_MASTER_MODE | CON_SPEED_FAST | CON_RESTART_EN | CON_SLAVE_DISABLE;
  IC_FS_SCL_LCNT = LOW;
  IC_FS_SCL_HCNT = PERIOD - LOW;
  IC_FS_SPKLEN = SPIKE;
  IC_SDA_HOLD = HOLD;
  open_pin(SDA);
  open_pin(SCL);
}

/* A transfer ends with its stop, which the peripheral makes by itself where nobody acknowledges. */
static bool has_stopped(void) {
  for (const uint32_t begin = microseconds(); !(IC_RAW_INTR_STAT & INTR_STOP_DET);)
    if (microseconds() - begin > PATIENCE) return false;
  (void)IC_CLR_STOP_DET;
  return true;
}

int i2c_transfer(uint8_t address, const uint8_t *out, uint32_t out_count, uint8_t *in, uint32_t in_count) {
  /* The address is taken while the peripheral is off, which forgets what it held, too. */
  IC_ENABLE = 0;
  IC_TAR = address;
  IC_ENABLE = 1;
  (void)IC_CLR_INTR;
  for (uint32_t k = 0; k < out_count; k++)
    IC_DATA_CMD = out[k] | (k + 1 == out_count && in_count == 0 ? DATA_CMD_STOP : 0);
  for (uint32_t k = 0; k < in_count; k++)
    IC_DATA_CMD = DATA_CMD_READ | (k == 0 ? DATA_CMD_RESTART : 0) | (k + 1 == in_count ? DATA_CMD_STOP : 0);
  if (!has_stopped()) {
    i2c_open();
    return I2C_STUCK;
  }
  if (IC_RAW_INTR_STAT & INTR_TX_ABRT) {
    (void)IC_CLR_TX_ABRT;
    return I2C_NOT_ACKNOWLEDGED;
  }
  if (IC_RXFLR != in_count) return I2C_STUCK;
  for (uint32_t k = 0; k < in_count; k++) in[k] = (uint8_t)IC_DATA_CMD;
  return I2C_DONE;
}
