/* export_npy.c - the results of a store as .npy arrays: the store is read twice, for the axes and
 * for the values, and the values of one item are kept in memory at a time. */
#include "export_npy.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_signals.h"
#include "cli_system.h"
#include "export_axes.h"
#include "export_folder.h"
#include "export_progress.h"

typedef struct writing {
    export_axes *axes;
    export_folder folder;
    uint64_t measures;
    int fd[RQA_MEASURE_COUNT]; /* -1: not computed */
    uint64_t first_byte[RQA_MEASURE_COUNT];
    double *values;   /* [measure][setting], of the item in hand */
    char *is_written; /* [item] */
    uint64_t store_item, n_rows;
    size_t item; /* SIZE_MAX: none in hand */
    export_progress progress;
    int code;
} writing;

static void clear_values(writing *w)
{
    for (size_t k = 0; k < RQA_MEASURE_COUNT * w->axes->n_settings; k++)
        w->values[k] = NAN;
}

static int fail_write(int measure)
{
    return cli_fail(CLI_FAILED, "%s.npy: cannot be written: %s", rqa_measure_name(measure),
                    system_reason(errno));
}

static int write_at(int fd, const void *data, size_t n, uint64_t at)
{
    for (const char *from = data; n > 0;) {
        int64_t done = system_write_at(fd, from, n, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        from += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return 0;
}

static void write_item(writing *w)
{
    size_t n_bytes = w->axes->n_settings * sizeof(double);
    for (int m = 0; m < RQA_MEASURE_COUNT && w->item != SIZE_MAX && w->code == CLI_OK; m++)
        if (w->fd[m] >= 0 && write_at(w->fd[m], w->values + (size_t)m * w->axes->n_settings,
                                      n_bytes, w->first_byte[m] + (uint64_t)w->item * n_bytes) != 0)
            w->code = fail_write(m);
    if (w->item != SIZE_MAX)
        w->is_written[w->item] = 1;
}

static int on_row(const rqa_store_row *row, void *user)
{
    writing *w = user;
    if (w->store_item != row->item) {
        write_item(w);
        clear_values(w);
        w->store_item = row->item;
        w->item = export_axes_item(w->axes, row);
    }
    /* What has come into the store since the axes were read is on none of them. */
    size_t at =
        w->item != SIZE_MAX && row->status == RQA_OK ? export_axes_setting(w->axes, row) : SIZE_MAX;
    for (int m = 0; m < RQA_MEASURE_COUNT && at != SIZE_MAX; m++)
        if (w->fd[m] >= 0)
            w->values[(size_t)m * w->axes->n_settings + at] = row->values[m];
    w->n_rows += at != SIZE_MAX;
    export_progress_step(&w->progress);
    return w->code != CLI_OK || cli_signal != 0;
}

/* Version 1.0: magic, length, a Python dictionary, spaces up to a multiple of 64. */
static int write_header(writing *w, int measure)
{
    char shape[192], header[320];
    int n = snprintf(shape, sizeof shape, "%zu, %zu", w->axes->series.n, w->axes->modes.n);
    for (int k = 0; k < w->axes->n_axes; k++)
        n += snprintf(shape + n, sizeof shape - (size_t)n, ", %zu", w->axes->axis[k].n);
    const uint16_t probe = 1;
    char order = *(const unsigned char *)&probe ? '<' : '>';
    int length =
        snprintf(header + 10, sizeof header - 10,
                 "{'descr': '%cf8', 'fortran_order': False, 'shape': (%s), }", order, shape);
    int total = (10 + length + 1 + 63) / 64 * 64;
    memset(header + 10 + length, ' ', (size_t)(total - 10 - length - 1));
    header[total - 1] = '\n';
    memcpy(header, "\x93NUMPY\x01", 7);
    header[7] = 0;
    header[8] = (char)((total - 10) & 255);
    header[9] = (char)((total - 10) >> 8);
    w->first_byte[measure] = (uint64_t)total;
    return write_at(w->fd[measure], header, (size_t)total, 0) == 0 ? CLI_OK : fail_write(measure);
}

static int open_files(writing *w)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        if (!(w->measures & RQA_MEASURE_BIT(m)))
            continue;
        char *path = cli_text("%s/%s.npy", w->folder.partial, rqa_measure_name(m));
        w->fd[m] = system_open(path, SYSTEM_NEW);
        free(path);
        int code = w->fd[m] >= 0 ? write_header(w, m) : fail_write(m);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

/* Items of the grid that the store does not have. */
static void write_gaps(writing *w)
{
    write_item(w);
    clear_values(w);
    for (w->item = 0; w->item < w->axes->series.n * w->axes->modes.n; w->item++)
        if (!w->is_written[w->item])
            write_item(w);
}

static int close_files(writing *w)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (w->fd[m] >= 0 && system_close(w->fd[m]) != 0 && w->code == CLI_OK)
            w->code = fail_write(m);
    return w->code;
}

static int write_axes(const writing *w, rqa_store *store)
{
    char *path = cli_text("%s/axes.json", w->folder.partial);
    FILE *out = system_create(path);
    int failed = !out;
    if (out) {
        export_axes_write(w->axes, store, w->measures, out);
        failed = ferror(out);
        failed |= fclose(out) != 0;
    }
    free(path);
    return failed ? cli_fail(CLI_FAILED, "axes.json: cannot be written: %s", system_reason(errno))
                  : CLI_OK;
}

static int write_all(writing *w, rqa_store *store)
{
    w->values = cli_calloc(RQA_MEASURE_COUNT * w->axes->n_settings, sizeof *w->values);
    w->is_written = cli_calloc(w->axes->series.n * w->axes->modes.n, 1);
    w->code = open_files(w);
    rqa_status status = RQA_OK;
    if (w->code == CLI_OK)
        status = rqa_store_read(store, NULL, on_row, w);
    if (w->code == CLI_OK && !cli_signal && status != RQA_OK)
        w->code = cli_fail_store(status, "export");
    if (w->code == CLI_OK && !cli_signal)
        write_gaps(w);
    int code = close_files(w);
    free(w->values);
    free(w->is_written);
    return code == CLI_OK && !cli_signal ? write_axes(w, store) : code;
}

int export_npy_write(rqa_store *store, const char *folder, int force, uint64_t *n_rows)
{
    export_axes axes;
    rqa_store_summary summary = {.struct_size = sizeof summary};
    writing w = {.axes = &axes, .store_item = UINT64_MAX, .item = SIZE_MAX};
    memset(w.fd, -1, sizeof w.fd);
    int code = export_folder_open(&w.folder, folder, force);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_store_summarize(store, &summary);
    w.measures = summary.measures;
    cli_signals_defer(1);
    export_progress_begin(&w.progress, store, 1);
    memset(&axes, 0, sizeof axes);
    code = status == RQA_OK ? export_axes_read(&axes, store) : cli_fail_store(status, "export");
    if (code == CLI_OK && !cli_signal)
        code = write_all(&w, store);
    export_progress_end(&w.progress);
    export_axes_free(&axes);
    if (cli_signal)
        code = cli_fail(128 + (int)cli_signal, "interrupted; nothing was exported");
    if (code == CLI_OK)
        code = export_folder_commit(&w.folder);
    export_folder_close(&w.folder);
    cli_signals_defer(0);
    *n_rows = w.n_rows;
    return code;
}
