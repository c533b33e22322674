/*
 * A Pico that watches an accelerometer and says what it sees: class and score of each window of samples, the next window beginning
 * half a window later. The network is one that has learnt windows of three channels, x, y and z in thousandths of g, 100 samples a
 * second, as `eqprop capture --window` writes them: channel by channel.
 *
 *   npx eqprop deploy runs/fitted-… --to pico --out board --program node_modules/eqprop/examples/lis3dh
 *   npx eqprop flash board
 *   stty -F /dev/ttyACM0 raw -echo
 *   cat /dev/ttyACM0 & echo > /dev/ttyACM0
 *
 * It speaks at the UART until it is spoken to by USB, as that line does.
 * LIS3DH: SDA to GP4, SCL to GP5 (pins 6 and 7), VIN to 3V3, GND to GND. Lines that begin with '!' are not about a window.
 */
#include "eqprop.h"
#include "eqprop_decimal.h"
#include "line.h"
#include "lis3dh.h"
#include "microseconds.h"
#include "restart.h"

/* NAME and NETWORK, as text. */
#include "standalone.h"
#include "text.h"

#define WINDOW (EQPROP_FEATURES / LIS3DH_AXES)
#define STRIDE ((WINDOW + 1) / 2)
_Static_assert(EQPROP_FEATURES % LIS3DH_AXES == 0, "the network has not learnt windows of three channels");

/* Microseconds: a sensor that is not there is looked for so often; one that has come to rest says nothing for so long. */
#define SECOND 1000000u
#define LONGEST_PAUSE 100000u

static eqprop_feature window[EQPROP_FEATURES];
static uint32_t filled;

static void add(const int16_t sample[LIS3DH_AXES]) {
  for (uint32_t axis = 0; axis < LIS3DH_AXES; axis++) {
    const uint32_t at = axis * WINDOW + filled;
    window[at] = eqprop_decimal(at, sample[axis]);
  }
  filled++;
}

static void forget_stride(void) {
  for (uint32_t axis = 0; axis < LIS3DH_AXES; axis++)
    for (uint32_t k = 0; k + STRIDE < WINDOW; k++)
      window[axis * WINDOW + k] = window[axis * WINDOW + k + STRIDE];
  filled -= STRIDE;
}

static void answer(void) {
  const int label = eqprop_predict(window, EQPROP_FEATURES);
  say_answer(label, eqprop_score(label));
}

/* Returns why it cannot go on: a lis3dh_result, or 0 where no more samples come. */
static int watch(void) {
  filled = 0;
  for (uint32_t last = microseconds(); microseconds() - last < LONGEST_PAUSE;) {
    int16_t sample[LIS3DH_AXES];
    const int result = lis3dh_read(sample);
    if (result < 0) return result;
    if (result != LIS3DH_SAMPLE) continue;
    last = microseconds();
    add(sample);
    if (filled < WINDOW) continue;
    ticks_left = LONGEST_COMPUTATION;
    answer();
    ticks_left = IDLE;
    if (stack_overflowed()) report_fault(FAULT_STACK_OVERFLOW, 0);
    forget_stride();
  }
  return LIS3DH_NOTHING_NEW;
}

static void tell_why(int result) {
  switch (result) {
    case LIS3DH_ABSENT: tell("! nobody answers at 0x19: is the LIS3DH there, its SDO pin high?"); break;
    case LIS3DH_STUCK: tell("! the bus does not move: are GP4 and GP5 SDA and SCL, with pull-ups?"); break;
    case LIS3DH_ANOTHER: tell("! another chip than a LIS3DH answers at 0x19"); break;
    default: tell("! the LIS3DH gives no samples: it is started anew");
  }
}

/* The tick that feeds the watchdog wakes it. */
static void wait(uint32_t duration) {
  for (const uint32_t begin = microseconds(); microseconds() - begin < duration;) __asm__ volatile("wfi");
}

int main(void) {
  const uint32_t cause = cause_of_restart();
  stack_paint();
  eqprop_begin();
  uart_open();
  microseconds_open();
  watchdog_start();
  core_start_ticks();
  tell_restart(cause);
  tell("! " NAME ", " NETWORK ": watches a LIS3DH");
  for (int told = 0;;) {
    int result = lis3dh_open();
    if (!result) {
      tell("! the LIS3DH is there");
      told = 0;
      result = watch();
    }
    /* Once, however often it is looked for. */
    if (!told || result != told) tell_why(result);
    told = result;
    wait(SECOND);
  }
}
