#ifndef CHIP_H
#define CHIP_H

/* Sets the clock, and stops the watchdogs that the boot ROM leaves running. */
void chip_open(void);

#endif
