#ifndef PROCESSOR_H
#define PROCESSOR_H

/* Names what the kernel was compiled to use and this processor has not; NULL where nothing is missing. */
const char *processor_lacks(void);

#endif
