/* The chip's flash, for what a network has learnt: board_flash(). */
#include "stm32f4-flash.h"
