/* sysctl.h - the one function that is used of Darwin's. */
#include <stddef.h>
int sysctlbyname(const char *name, void *out, size_t *size, void *set, size_t set_size);
