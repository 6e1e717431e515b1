/* dyld.h - the one function that is used of Darwin's. */
#include <stdint.h>
int _NSGetExecutablePath(char *out, uint32_t *size);
