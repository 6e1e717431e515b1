/* null_picture.h - what a measure is for the surrogates, and where the recording stands, as a picture. */
#ifndef NULL_PICTURE_H
#define NULL_PICTURE_H

#include <rqa/rqa.h>

/* A panel for each measure of the mask that has numbers. CLI_OK, or a code with a line. */
int null_picture_write(const rqa_test *test, uint64_t measures, int two_sided, const char *title,
                       const char *path, int force);

#endif
