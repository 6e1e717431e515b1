/* export_axes.h - the axes of a store's results as arrays: series, mode, dim, delay, threshold,
 * lmin, vmin, and the window where there are windows. */
#ifndef EXPORT_AXES_H
#define EXPORT_AXES_H

#include <rqa/rqa.h>
#include <rqa/store.h>
#include <stdio.h>

#include "export_names.h"

/* Numbers in rising order. */
typedef struct export_axis {
    double *value;
    size_t n, room;
    size_t at; /* where the last one was found: the next one is there or near */
} export_axis;

enum { EXPORT_DIM, EXPORT_DELAY, EXPORT_THRESHOLD, EXPORT_LMIN, EXPORT_VMIN, EXPORT_WINDOW, EXPORT_AXES };

typedef struct export_axes {
    export_names series; /* label and keys as one text */
    export_names modes;
    char ***rules;       /* [mode][rule]; NULL at the end */
    export_names failed; /* series, mode and text, as JSON */
    export_axis axis[EXPORT_AXES];
    char ***keys;  /* [series][key]; NULL in it: none */
    char **labels; /* [series] */
    uint32_t n_keys;
    int n_axes;        /* EXPORT_AXES, or without windows one less */
    size_t n_settings; /* product of these axes */
    int code;
} export_axes;

/* Reads the store once. CLI_OK or a code with a line; free in either case. */
int export_axes_read(export_axes *out, rqa_store *store);
void export_axes_free(export_axes *axes);

/* Positions; SIZE_MAX for what is on no axis. */
size_t export_axes_item(export_axes *axes, const rqa_store_row *row);
size_t export_axes_setting(export_axes *axes, const rqa_store_row *row);

/* axes.json */
void export_axes_write(const export_axes *axes, rqa_store *store, uint64_t measures, FILE *out);

#endif
