/* reader_opening.h - how a text begins: lines that are left out, a delimiter that is announced,
 * what stands above the rows of a known device, and how the rows are cut into fields. */
#ifndef READER_OPENING_H
#define READER_OPENING_H

#include "reader_preamble.h"
#include "reader_records.h"

/* From the lines at the start of the text to records at their beginning. The delimiter of the rows,
 * as reader_layout_delimiter() has it, or -1 with the error set. Free the preamble either way. */
int reader_opening_read(reader_records *records, reader_preamble *preamble,
                        const reader_request *request);

#endif
