/* USART2 is on the headers: TX on D3, RX on D2. USART1's pins are the blue light and the USB's. */
#define PLL_SOURCE_HSE 1u
#define PLL_SOURCE_MHZ 25u
#include "stm32f4.h"
