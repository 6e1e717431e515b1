/* stat.h - this machine's, with the times by Darwin's names. */
#include_next <sys/stat.h>
#define st_mtimespec st_mtim
