/* reader_foreign.h - files of kinds that are not read: their name, and one way out. */
#ifndef READER_FOREIGN_H
#define READER_FOREIGN_H

#include "reader_bytes.h"

/* -1 with the error set if what is unread begins as such a file does, else 0. */
int reader_foreign_refuse(const reader_bytes *bytes, reader_error *error);

#endif
