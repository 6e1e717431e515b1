/* export_npy.h - the results of a store as .npy arrays, one for each measure. */
#ifndef EXPORT_NPY_H
#define EXPORT_NPY_H

#include <rqa/rqa.h>
#include <rqa/store.h>

/* Writes NAME.npy for each measure and axes.json into a folder that appears when it is complete.
 * `force` replaces an earlier export there. CLI_OK or a code with a line. */
int export_npy_write(rqa_store *store, const char *folder, int force, uint64_t *n_rows);

#endif
