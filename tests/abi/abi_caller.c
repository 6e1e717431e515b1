/* abi_caller.c - a caller that passes every public struct, with guard bytes behind each. Compiled
 * with the headers of one release and run with the library of another it must print the same.
 *
 * RQA_HEADER  the header to compile with
 * GROWN       that header's structs have a last field `grown` that the library does not know
 */
#include RQA_HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 0x5a, N_GUARD = 64 };

/* Declares an object of a public struct and the bytes that no library may touch. */
#define GUARDED(type, name)                                                                        \
    struct {                                                                                       \
        type value;                                                                                \
        unsigned char guard[N_GUARD];                                                              \
    } name;                                                                                        \
    memset(&name, GUARD, sizeof name)

#define CHECK(name) check_guard(name.guard, #name)

static int failures;

static void fail(const char *what, const char *more)
{
    fprintf(stderr, "%s: %s\n", what, more);
    failures++;
}

static void check_guard(const unsigned char *guard, const char *name)
{
    for (int k = 0; k < N_GUARD; k++)
        if (guard[k] != GUARD) {
            fail(name, "the library wrote behind the caller's struct");
            return;
        }
}

static void ok(rqa_status status, const char *what)
{
    if (status == RQA_OK)
        return;
    fail(what, rqa_last_error());
    exit(1);
}

#define OK(call) ok(call, #call)

/* A library that knows less must refuse what it cannot honour, one that knows it must not see it.
 */
#ifdef GROWN
#define REFUSED(options, call)                                                                     \
    do {                                                                                           \
        (options).grown = 1;                                                                       \
        if ((call) != RQA_ERROR_STRUCT_SIZE)                                                       \
            fail(#call, "an unknown field in use was not refused");                                \
        (options).grown = 0;                                                                       \
    } while (0)
#define TAIL_IS_ZERO(out)                                                                          \
    do {                                                                                           \
        if ((out).grown != 0)                                                                      \
            fail(#out, "the tail that the library does not know is not zero");                     \
    } while (0)
#else
#define REFUSED(options, call) ((void)0)
#define TAIL_IS_ZERO(out) ((void)0)
#endif

/* Sizes: a library may know longer structs than the caller, or shorter, but none of size 0. */
static void sizes(void)
{
    static const struct {
        int32_t id;
        size_t size;
    } known[] = {
        {RQA_STRUCT_CONTEXT_OPTIONS, sizeof(rqa_context_options)},
        {RQA_STRUCT_BACKEND_INFO, sizeof(rqa_backend_info)},
        {RQA_STRUCT_SERIES_OPTIONS, sizeof(rqa_series_options)},
        {RQA_STRUCT_ANALYSIS_OPTIONS, sizeof(rqa_analysis_options)},
        {RQA_STRUCT_PROVENANCE, sizeof(rqa_provenance)},
        {RQA_STRUCT_PNG_OPTIONS, sizeof(rqa_png_options)},
        {RQA_STRUCT_BATCH_OPTIONS, sizeof(rqa_batch_options)},
        {RQA_STRUCT_BATCH_ITEM, sizeof(rqa_batch_item)},
        {RQA_STRUCT_BATCH_ROW, sizeof(rqa_batch_row)},
        {RQA_STRUCT_BATCH_EVENT, sizeof(rqa_batch_event)},
        {RQA_STRUCT_MEMORY_HOOKS, sizeof(rqa_memory_hooks)},
        {RQA_STRUCT_PROFILE, sizeof(rqa_profile)},
    };
    int longer = 0, shorter = 0;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        size_t size = rqa_struct_size(known[k].id);
        longer += size > known[k].size;
        shorter += size < known[k].size;
    }
    if (rqa_struct_size(RQA_STRUCT_LINE_BIN) != sizeof(rqa_line_bin) ||
        rqa_struct_size(RQA_STRUCT_BATCH_STATISTICS) != sizeof(rqa_batch_statistics))
        fail("rqa_struct_size", "a struct that must not grow has grown");
    if (rqa_abi_version() != RQA_ABI_VERSION)
        fail("rqa_abi_version", "another ABI");
    /* On its own stream: the relation differs between pairs of releases. */
    fprintf(stderr, "structs: %d longer in the library, %d shorter\n", longer, shorter);
}

static void context_structs(rqa_context *context)
{
    GUARDED(rqa_backend_info, info);
    info.value.struct_size = sizeof info.value;
    OK(rqa_context_backend_at(context, 0, &info.value));
    CHECK(info);
    TAIL_IS_ZERO(info.value);
    printf("backend %s %d\n", info.value.name, (int)info.value.available);

    GUARDED(rqa_profile, profile);
    profile.value.struct_size = sizeof profile.value;
    OK(rqa_context_get_profile(context, &profile.value));
    CHECK(profile);
    TAIL_IS_ZERO(profile.value);
    profile.value.bits_scale = 2;
    OK(rqa_context_set_profile(context, &profile.value));
    REFUSED(profile.value, rqa_context_set_profile(context, &profile.value));
    OK(rqa_context_get_profile(context, &profile.value));
    printf("profile %g %d\n", profile.value.bits_scale, (int)profile.value.measured);
    OK(rqa_context_set_profile(context, NULL));
}

static void metrics_structs(const rqa_embedding *embedding)
{
    GUARDED(rqa_analysis_options, options);
    rqa_analysis_options_init(&options.value);
    CHECK(options);
    options.value.threshold = 0.65;
    rqa_metrics *metrics = NULL;
    REFUSED(options.value, rqa_metrics_compute(&metrics, embedding, NULL, &options.value));
    OK(rqa_metrics_compute(&metrics, embedding, NULL, &options.value));
    double rr = 0, det = 0;
    OK(rqa_metrics_get(metrics, RQA_MEASURE_RR, &rr));
    OK(rqa_metrics_get(metrics, RQA_MEASURE_DET, &det));
    printf("recurrence rate %.4f, determinism %.4f\n", rr, det);

    const rqa_line_bin *bins = NULL;
    size_t n_bins = 0;
    OK(rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins));
    for (size_t k = 0; k < n_bins; k++)
        printf("%d lines of %d\n", (int)bins[k].count, (int)bins[k].length);

    GUARDED(rqa_provenance, provenance);
    provenance.value.struct_size = sizeof provenance.value;
    OK(rqa_metrics_provenance(metrics, &provenance.value));
    CHECK(provenance);
    TAIL_IS_ZERO(provenance.value);
    printf("threshold %g, lmin %d\n", provenance.value.threshold, (int)provenance.value.lmin);
    rqa_metrics_destroy(metrics);

    rqa_matrix *matrix = NULL;
    OK(rqa_matrix_create(&matrix, embedding, NULL, &options.value));
    GUARDED(rqa_png_options, png);
    rqa_png_options_init(&png.value);
    CHECK(png);
    REFUSED(png.value, rqa_matrix_write_png(matrix, "abi_caller.png", &png.value));
    png.value.overwrite = 1;
    OK(rqa_matrix_write_png(matrix, "abi_caller.png", &png.value));
    rqa_matrix_destroy(matrix);
}

static int on_event(const rqa_batch_event *event, void *user)
{
    (void)user;
    if (event->type == RQA_EVENT_ITEM_COMPLETED)
        printf("item %d %s: %d rows, first %.4f, done %d\n", (int)event->item, event->label,
               (int)event->n_rows, event->values[0], (int)event->statistics.n_done);
    return 0;
}

static void batch_structs(rqa_context *context, const rqa_series *series)
{
    static const uint32_t dims[] = {1, 2}, delays[] = {1, 2};
    static const double thresholds[] = {0.3, 0.65};
    GUARDED(rqa_batch_options, options);
    rqa_batch_options_init(&options.value);
    CHECK(options);
    options.value.dims = dims;
    options.value.n_dims = 2;
    options.value.delays = delays;
    options.value.n_delays = 2;
    options.value.thresholds = thresholds;
    options.value.n_thresholds = 2;
    rqa_batch *batch = NULL;
    REFUSED(options.value, rqa_batch_create(&batch, context, &options.value));
    OK(rqa_batch_create(&batch, context, &options.value));

    GUARDED(rqa_batch_item, item);
    memset(&item.value, 0, sizeof item.value);
    item.value.struct_size = sizeof item.value;
    item.value.norm = item.value.relation = -1;
    item.value.x = series;
    item.value.label = "series";
    REFUSED(item.value, rqa_batch_add(batch, &item.value));
    OK(rqa_batch_add(batch, &item.value));
    OK(rqa_batch_run(batch, on_event, NULL));

    GUARDED(rqa_batch_row, row);
    row.value.struct_size = sizeof row.value;
    OK(rqa_batch_row_at(batch, 7, &row.value));
    CHECK(row);
    TAIL_IS_ZERO(row.value);
    printf("row 7: %d %d %g\n", (int)row.value.dim, (int)row.value.delay, row.value.threshold);
    GUARDED(rqa_batch_statistics, statistics);
    statistics.value.struct_size = sizeof statistics.value;
    OK(rqa_batch_poll(batch, &statistics.value));
    CHECK(statistics);
    printf("done %d of %d\n", (int)statistics.value.n_done, (int)statistics.value.n_total);
    rqa_batch_destroy(batch);
}

int main(void)
{
    static const double x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    sizes();
    GUARDED(rqa_memory_hooks, hooks);
    memset(&hooks.value, 0, sizeof hooks.value);
    hooks.value.struct_size = sizeof hooks.value;
    if (rqa_memory_hooks_set(&hooks.value) != RQA_ERROR_NULL) /* read, and found empty */
        fail("rqa_memory_hooks_set", rqa_last_error());

    GUARDED(rqa_context_options, context_options);
    rqa_context_options_init(&context_options.value);
    CHECK(context_options);
    context_options.value.n_threads = 2;
    rqa_context *context = NULL;
    REFUSED(context_options.value, rqa_context_create(&context, &context_options.value));
    OK(rqa_context_create(&context, &context_options.value));
    printf("threads %d\n", (int)rqa_context_n_threads(context));
    context_structs(context);

    GUARDED(rqa_series_options, series_options);
    rqa_series_options_init(&series_options.value);
    CHECK(series_options);
    series_options.value.missing = RQA_MISSING_ERROR;
    rqa_series *series = NULL;
    REFUSED(series_options.value,
            rqa_series_create(&series, context, x, 13, 1, &series_options.value));
    OK(rqa_series_create(&series, context, x, 13, 1, &series_options.value));
    rqa_embedding *embedding = NULL;
    OK(rqa_embedding_create(&embedding, series, 2, 2));
    metrics_structs(embedding);
    batch_structs(context, series);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
    return failures != 0;
}
