#include "rp2-second-core.h"
