/* reader_mat.h - what MATLAB's files of all versions have in common: classes, types, columns. */
#ifndef READER_MAT_H
#define READER_MAT_H

#include "reader_variables.h"

/* Why an array of this class (MATLAB's mxArray number) is no table, NULL if it is one. */
const char *reader_mat_trouble(unsigned array_class, int is_complex, size_t n_dims);

/* Bytes of a number by its type (MATLAB's mi number); 0: it is none. */
size_t reader_mat_size(uint32_t type);

/* Numbers as they lie in a file, column after column: rows of doubles in out. 0 or -1. */
int reader_mat_rows(double *out, const reader_variable *variable, const unsigned char *from,
                    uint32_t type, int is_big, const char *file, reader_error *error);

#endif
