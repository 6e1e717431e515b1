/* xlocale.h - this machine has it in locale.h. */
#include <locale.h>
