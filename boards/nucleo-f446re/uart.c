/* USART2 goes to the ST-LINK, which is a serial port on USB. */
#define PLL_SOURCE_HSE 0u
#define PLL_SOURCE_MHZ 16u
#include "stm32f4.h"
