/* unistd.h - this machine's, with Darwin's. */
#include_next <unistd.h>
int issetugid(void);
