/* curve_file.h - a picture of curves as a file of the program. */
#ifndef CURVE_FILE_H
#define CURVE_FILE_H

#include "curve_svg.h"

/* The file appears when it is complete; "-" is stdout. CLI_OK, or a code with a line: it exists
 * (without force), or cannot be written. */
int curve_file_write(const curve_picture *picture, const char *path, int force);

#endif
