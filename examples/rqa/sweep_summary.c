/* sweep_summary.c - what is told when a sweep has ended: counts, failures, means of the groups. */
#include "sweep_summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "sweep_progress.h"

enum { MOST_FAILURES = 10 };

/* First and last position of an axis (and evenly between them); fewer if they coincide. */
static size_t pick(size_t *out, size_t n_axis, size_t most)
{
    size_t n = 0;
    for (size_t k = 0; k < most; k++) {
        size_t at = k * (n_axis - 1) / (most - 1);
        if (n == 0 || out[n - 1] != at)
            out[n++] = at;
    }
    return n;
}

typedef struct member {
    const char *group;
    size_t recording;
} member;

static int compare_members(const void *a, const void *b)
{
    const member *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    return order ? order : (x->recording > y->recording) - (x->recording < y->recording);
}

/* Groups in the order of their first recordings. A table may hold as many groups as recordings, and
 * these are many: sorted, not searched one by one. */
static void find_groups(sweep_summary *s)
{
    const size_t n = s->recordings->n;
    member *members = cli_calloc(n + 1, sizeof *members);
    s->group_of = cli_calloc(n + 1, sizeof *s->group_of);
    s->groups = cli_calloc(n + 1, sizeof *s->groups);
    for (size_t k = 0; k < n; k++)
        members[k] = (member){
            s->recordings->n_keys ? s->recordings->recording[k].keys[0] : "all", k};
    qsort(members, n, sizeof *members, compare_members);
    for (size_t k = 0, first = 0; k < n; k++) {
        if (strcmp(members[k].group, members[first].group) != 0)
            first = k;
        s->group_of[members[k].recording] = members[first].recording;
    }
    for (size_t k = 0; k < n; k++) {
        const char *name = s->recordings->n_keys ? s->recordings->recording[k].keys[0] : "all";
        if (s->group_of[k] == k) {
            s->groups[s->n_groups] = name;
            s->group_of[k] = s->n_groups++;
        } else {
            s->group_of[k] = s->group_of[s->group_of[k]];
        }
    }
    free(members);
}

void sweep_summary_begin(sweep_summary *s, const sweep_grid *grid, const cli_recordings *recordings,
                         const rqa_batch *batch)
{
    static const int32_t shown[] = {RQA_MEASURE_RR,     RQA_MEASURE_DET, RQA_MEASURE_L_MEAN,
                                    RQA_MEASURE_L_ENTR, RQA_MEASURE_LAM, RQA_MEASURE_TT};
    memset(s, 0, sizeof *s);
    s->grid = grid;
    s->recordings = recordings;
    find_groups(s);
    s->n_dims = pick(s->dims, grid->n_dims, 2);
    s->n_thresholds = pick(s->thresholds, grid->n_thresholds, 2);
    for (int32_t k = 0; rqa_batch_measure_at(batch, (uint32_t)k) >= 0; k++)
        for (size_t m = 0; m < sizeof shown / sizeof shown[0]; m++)
            if (rqa_batch_measure_at(batch, (uint32_t)k) == shown[m]) {
                s->columns[s->n_columns] = k;
                s->measures[s->n_columns++] = shown[m];
            }
    s->means = cli_calloc(grid->n_modes * s->n_dims * s->n_thresholds * s->n_groups * s->n_columns,
                          sizeof *s->means);
}

static sweep_mean *mean_at(const sweep_summary *s, size_t mode, size_t d, size_t t, size_t group)
{
    return s->means +
           (((mode * s->n_dims + d) * s->n_thresholds + t) * s->n_groups + group) * s->n_columns;
}

static size_t group_of(const sweep_summary *s, uint64_t item)
{
    return s->group_of[item / s->grid->n_modes];
}

static void add_value(sweep_mean *mean, double value)
{
    if (isnan(value))
        return;
    mean->sum += value;
    mean->n++;
}

void sweep_summary_item(sweep_summary *s, const rqa_batch_event *event)
{
    const sweep_grid *g = s->grid;
    if (event->status != RQA_OK || !event->values)
        return;
    uint64_t n_values = event->n_rows * event->n_measures;
    s->n_values += n_values;
    for (uint64_t k = 0; k < n_values; k++)
        s->n_undefined += isnan(event->values[k]) ? 1 : 0; /* any number but 0 says so */
    const size_t n_combinations =
        g->n_dims * g->n_delays * g->n_thresholds * g->n_lmins * g->n_vmins;
    const size_t n_windows = (size_t)event->n_rows / n_combinations;
    size_t group = group_of(s, event->item);
    for (size_t d = 0; d < s->n_dims; d++)
        for (size_t t = 0; t < s->n_thresholds; t++) {
            const size_t row = (s->dims[d] * g->n_delays * g->n_thresholds + s->thresholds[t]) *
                               g->n_lmins * g->n_vmins * n_windows;
            sweep_mean *mean = mean_at(s, (size_t)(event->item % g->n_modes), d, t, group);
            for (size_t k = row; k < row + n_windows; k++)
                for (size_t c = 0; c < s->n_columns; c++)
                    add_value(&mean[c], event->values[k * event->n_measures + (size_t)s->columns[c]]);
        }
}

typedef struct summing {
    sweep_summary *summary;
    const sweep_store *store;
    uint64_t store_item;
    size_t item; /* of the sweep; SIZE_MAX: not in it */
} summing;

static int on_row(const rqa_store_row *row, void *user)
{
    summing *sum = user;
    sweep_summary *s = sum->summary;
    const sweep_grid *g = s->grid;
    if (sum->store_item != row->item) {
        sum->store_item = row->item;
        sum->item = sweep_store_item(sum->store, row);
    }
    if (sum->item == SIZE_MAX || row->status != RQA_OK)
        return 0;
    for (size_t d = 0; d < s->n_dims; d++)
        for (size_t t = 0; t < s->n_thresholds; t++) {
            if (row->dim != g->dims[s->dims[d]] ||
                row->threshold != g->thresholds[s->thresholds[t]])
                continue;
            sweep_mean *mean = mean_at(s, sum->item % g->n_modes, d, t, group_of(s, sum->item));
            for (size_t c = 0; c < s->n_columns; c++)
                add_value(&mean[c], row->values[s->measures[c]]);
        }
    return 0;
}

int sweep_summary_read(sweep_summary *s, const sweep_store *store, const rqa_batch *batch)
{
    const sweep_grid *g = s->grid;
    summing sum = {s, store, UINT64_MAX, SIZE_MAX};
    uint32_t dims[2];
    double thresholds[2];
    for (size_t d = 0; d < s->n_dims; d++)
        dims[d] = g->dims[s->dims[d]];
    for (size_t t = 0; t < s->n_thresholds; t++)
        thresholds[t] = g->thresholds[s->thresholds[t]];
    rqa_store_filter filter = {.struct_size = sizeof filter,
                               .n_dims = (uint32_t)s->n_dims,
                               .dims = dims,
                               .delays = g->delays,
                               .thresholds = thresholds,
                               .lmins = g->lmins,
                               .vmins = g->vmins,
                               .n_delays = 1,
                               .n_thresholds = (uint32_t)s->n_thresholds,
                               .n_lmins = 1,
                               .n_vmins = 1,
                               .batch = batch};
    rqa_status status = rqa_store_read(store->store, &filter, on_row, &sum);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, "summary");
}

static int column_width(const sweep_summary *s, size_t column)
{
    const int n = (int)strlen(rqa_measure_name(s->measures[column]));
    return n > 9 ? n : 9;
}

static void print_means(const sweep_summary *s, FILE *out)
{
    const sweep_grid *g = s->grid;
    int mode_width = 4, group_width = 5;
    for (size_t k = 0; k < g->n_modes; k++)
        if ((int)strlen(g->modes[k].name) > mode_width)
            mode_width = (int)strlen(g->modes[k].name);
    for (size_t k = 0; k < s->n_groups; k++)
        if ((int)strlen(s->groups[k]) > group_width)
            group_width = (int)strlen(s->groups[k]);
    cli_print_to(out,
            "Means over %s (delay %u, lmin %u, vmin %u; n = %s with a value "
            "of the first measure)\n%-*s %4s %9s  %-*s %5s",
            g->windows.window ? "the windows of recordings" : "recordings", (unsigned)g->delays[0],
            (unsigned)g->lmins[0], (unsigned)g->vmins[0],
            g->windows.window ? "windows" : "recordings", mode_width,
            "mode", "dim", "threshold", group_width, "group", "n");
    for (size_t c = 0; c < s->n_columns; c++)
        cli_print_to(out, " %*s", column_width(s, c), rqa_measure_name(s->measures[c]));
    fputc('\n', out);
    for (size_t m = 0; m < g->n_modes; m++)
        for (size_t d = 0; d < s->n_dims; d++)
            for (size_t t = 0; t < s->n_thresholds; t++) {
                if (s->n_groups > 1 && m + d + t > 0)
                    fputc('\n', out);
                for (size_t k = 0; k < s->n_groups; k++) {
                    const sweep_mean *mean = mean_at(s, m, d, t, k);
                    cli_print_to(out, "%-*s %4u %9.6g  %-*s %5llu", mode_width, g->modes[m].name,
                            (unsigned)g->dims[s->dims[d]], g->thresholds[s->thresholds[t]],
                            group_width, s->groups[k], (unsigned long long)mean[0].n);
                    for (size_t c = 0; c < s->n_columns; c++)
                        if (mean[c].n > 0)
                            cli_print_to(out, " %*.5g", column_width(s, c),
                                         mean[c].sum / (double)mean[c].n);
                        else
                            cli_print_to(out, " %*s", column_width(s, c), "-");
                    fputc('\n', out);
                }
            }
}

static void print_failures(const rqa_batch *batch, uint64_t n_items, const sweep_summary *s)
{
    uint64_t n_failed = 0;
    for (uint64_t k = 0; k < n_items; k++) {
        const char *text = "";
        rqa_status status = rqa_batch_item_status(batch, k, &text);
        if (status == RQA_OK || status == RQA_ERROR_CANCELLED) /* the latter: of another shard */
            continue;
        if (n_failed++ < MOST_FAILURES)
            cli_note("  failed: %s, mode %s: %s",
                     s->recordings->recording[k / s->grid->n_modes].label,
                     s->grid->modes[k % s->grid->n_modes].name, text);
    }
    if (n_failed > MOST_FAILURES)
        cli_note("  ... and %llu more", (unsigned long long)(n_failed - MOST_FAILURES));
}

static void print_counts(const sweep_summary *s, const rqa_batch *batch)
{
    char number[32], shard[64] = "", rate[48] = "", skipped[80] = "";
    rqa_batch_statistics end = {.struct_size = sizeof end};
    rqa_batch_poll(batch, &end);
    if (s->grid->batch.shard_count > 1)
        snprintf(shard, sizeof shard, ", shard %u of %u", (unsigned)s->grid->batch.shard_index,
                 (unsigned)s->grid->batch.shard_count);
    if (end.n_done > 0 && end.elapsed_s > 0)
        snprintf(rate, sizeof rate, " (%s/s)",
                 sweep_progress_count(number, (uint64_t)((double)end.n_done / end.elapsed_s)));
    if (end.n_skipped > 0)
        snprintf(skipped, sizeof skipped, ", %s skipped (in the store already)",
                 sweep_progress_count(number, end.n_skipped));
    char done[32], combinations[32], failed[32];
    uint64_t n_combinations = rqa_batch_size(batch, RQA_BATCH_COMBINATIONS);
    cli_note("%s setting%s%s x %zu recording%s x %zu mode%s%s: %s result%s in %.3g s%s%s, %s failed",
             sweep_progress_count(combinations, n_combinations), n_combinations == 1 ? "" : "s",
             s->grid->windows.window ? " x windows" : "",
             s->recordings->n, s->recordings->n == 1 ? "" : "s", s->grid->n_modes,
             s->grid->n_modes == 1 ? "" : "s", shard, sweep_progress_count(done, end.n_done),
             end.n_done == 1 ? "" : "s", end.elapsed_s, rate, skipped,
             sweep_progress_count(failed, end.n_failed));
}

/* What was found beside the recordings, and recordings that do not look like ones. */
static void print_remarks(const cli_recordings *recordings)
{
    size_t n = 0;
    if (recordings->n_left_out > 0)
        cli_note("left out: %zu file%s that %s no recording%s: %s", recordings->n_left_out,
                 recordings->n_left_out == 1 ? "" : "s", recordings->n_left_out == 1 ? "is" : "are",
                 recordings->n_left_out == 1 ? "" : "s", recordings->left_out);
    for (size_t k = 0; k < recordings->n; k++)
        if (recordings->recording[k].shape && n++ < MOST_FAILURES)
            cli_note("note: %s: %s", recordings->recording[k].label,
                     recordings->recording[k].shape);
    if (n > MOST_FAILURES)
        cli_note("  ... and %zu more", n - MOST_FAILURES);
}

/* Samples that are missing: of a recording what the list of columns has that misses most. */
static void print_missing(const cli_recordings *recordings)
{
    char part[32], whole[32];
    uint64_t n_missing = 0, n_samples = 0;
    size_t n_concerned = 0;
    for (size_t k = 0; k < recordings->n; k++) {
        size_t most = 0, length = 0;
        for (size_t c = 0; c < recordings->n_lists; c++) {
            const rqa_series *series = recordings->recording[k].channels[c].series;
            const size_t n = series ? rqa_series_n_missing(series) : 0;
            most = n > most ? n : most;
            length = series ? rqa_series_n_samples(series) : length;
        }
        n_concerned += most > 0;
        n_missing += most;
        n_samples += length;
    }
    if (n_concerned > 0)
        cli_note("missing: %s of %s samples, in %zu of %zu recording%s; vectors that touch one are "
                 "skipped",
                 sweep_progress_count(part, n_missing), sweep_progress_count(whole, n_samples),
                 n_concerned, recordings->n, recordings->n == 1 ? "" : "s");
}

void sweep_summary_print(const sweep_summary *s, const rqa_batch *batch, FILE *table)
{
    char undefined[32], values[32];
    print_counts(s, batch);
    print_missing(s->recordings);
    if (s->n_undefined > 0)
        cli_note("undefined: %s of %s values (empty cells; the status column says why)",
                 sweep_progress_count(undefined, s->n_undefined),
                 sweep_progress_count(values, s->n_values));
    print_failures(batch, rqa_batch_size(batch, RQA_BATCH_ITEMS), s);
    print_remarks(s->recordings);
    if (table && s->recordings->n_keys > 0 && s->n_columns > 0)
        print_means(s, table);
}

void sweep_summary_end(sweep_summary *s)
{
    free(s->groups);
    free(s->group_of);
    free(s->means);
}
