/* stdlib.h - this machine's, without what Darwin has not. */
#include_next <stdlib.h>
#pragma GCC poison secure_getenv
