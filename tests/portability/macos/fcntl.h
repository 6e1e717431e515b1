/* fcntl.h - this machine's, without what Darwin has not. */
#include_next <fcntl.h>
#undef F_OFD_SETLK
#undef F_OFD_GETLK
#undef F_OFD_SETLKW
#pragma GCC poison F_OFD_SETLKW posix_fadvise
