/* fuzz_batch.c - calls on batches in any order: whatever the sequence, no crash, no leak, no hang, a
 * text with each failure, and counts that add up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "rqa/rqa.h"

enum { N_SERIES = 5, TABLE_VALUES = 8192 };

static rqa_context *context;
static rqa_series *series[N_SERIES];
static char path[64];

static rqa_status check(rqa_status status)
{
    FUZZ_CHECK(status == RQA_OK || rqa_last_error()[0] != '\0');
    FUZZ_CHECK(status != RQA_ERROR_INTERNAL && status != RQA_ERROR_MEMORY);
    return status;
}

/* One sample, a constant, some noise, two channels with a gap, and none at all. */
static void make_world(void)
{
    double x[80];
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = 2;
    FUZZ_CHECK(check(rqa_context_create(&context, &co)) == RQA_OK);
    for (int i = 0; i < 80; i++)
        x[i] = (i * 7919 % 31) / 8.;
    FUZZ_CHECK(check(rqa_series_create(&series[0], context, x, 1, 1, NULL)) == RQA_OK);
    FUZZ_CHECK(check(rqa_series_create(&series[1], context, x, 40, 1, NULL)) == RQA_OK);
    FUZZ_CHECK(check(rqa_series_create(&series[2], context, x, 40, 2, NULL)) == RQA_OK);
    for (int i = 0; i < 30; i++)
        x[i] = 2;
    FUZZ_CHECK(check(rqa_series_create(&series[3], context, x, 30, 1, NULL)) == RQA_OK);
    fuzz_store_path(path, "batch");
}

typedef struct world {
    rqa_batch *batch;
    rqa_store *store;
    double *values;
    uint8_t *reasons;
    const uint8_t *data;
    size_t size;
    int n_items, n_steps, stop_at;
} world;

static unsigned next(world *w)
{
    return fuzz_byte(&w->data, &w->size);
}

static void create(world *w)
{
    static const uint32_t whole[] = {1, 2, 3, 40, 0, 1000, 1001, 0xffffffff};
    static const double number[] = {1, .5, 2, 0, 1e300, -1, NAN, INFINITY};
    uint32_t dims[3], delays[3], lmins[3], vmins[3];
    double thresholds[3];
    for (int k = 0; k < 3; k++) {
        unsigned b = next(w);
        dims[k] = whole[(b & 3) + (b >= 250 ? 4 : 0)];
        delays[k] = whole[(b >> 2 & 3) + (b >= 252 ? 4 : 0)];
        thresholds[k] = number[(b >> 4 & 3) + (b >= 254 ? 4 : 0)];
        lmins[k] = vmins[k] = whole[b >> 6 & 3];
    }
    unsigned n = next(w), how = next(w);
    rqa_analysis_options a;
    rqa_analysis_options_init(&a);
    const unsigned rules = next(w);
    a.convention = (int32_t)(rules % 9);
    a.border = (int32_t)(rules / 9 % 10);
    a.skeleton = rules >= 180 && rules % 2;
    a.direction = rules >= 180 ? (int32_t)(rules / 2 % 4) : 0;
    a.direction_bound = a.direction ? number[rules % 8] : 0;
    a.norm = (int32_t)(how & 3) - (how & 128 ? 1 : 0);
    a.threshold_unit = (int32_t)(how >> 2 & 3);
    a.backend = how & 16 ? RQA_BACKEND_THREADS : RQA_BACKEND_AUTO;
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.delays = delays;
    o.thresholds = thresholds;
    o.n_dims = n & 3;
    o.n_delays = n >> 2 & 3;
    o.n_thresholds = n >> 4 & 3;
    o.lmins = n & 64 ? lmins : NULL;
    o.n_lmins = n & 64 ? 1 : 0;
    o.vmins = n & 128 ? vmins : NULL;
    o.n_vmins = n & 128 ? 2 : 0;
    o.analysis = how & 32 ? &a : NULL;
    o.event_interval_s = 0;
    if (how & 64) {
        o.shard_index = next(w) % 4;
        o.shard_count = next(w) % 4;
    }
    const unsigned windows = how & 1 ? next(w) : 0; /* no more than a table takes */
    o.window = windows & 1 ? (windows >> 1 & 7) * 5 + (windows >> 7) : 0;
    o.step = 3 * (windows >> 4 & 3);
    o.scope = windows >> 6 & 1;
    rqa_batch_destroy(w->batch);
    w->n_items = 0;
    FUZZ_CHECK((check(rqa_batch_create(&w->batch, context, &o)) == RQA_OK) == (w->batch != NULL));
}

static void add(world *w)
{
    static const char *const names[] = {"group", "odd \"one\""}, *const values[] = {"a", "it's"};
    static const char *const labels[] = {NULL, "", "a", "b"};
    unsigned b = next(w), c = next(w);
    rqa_batch_item item = {.struct_size = sizeof item};
    item.norm = (int32_t)(b & 3) - 1;
    item.relation = (int32_t)(b >> 2 & 3) - 1;
    item.x = series[(b >> 4) % N_SERIES];
    item.y = c & 1 ? series[(c >> 1) % N_SERIES] : NULL;
    item.label = labels[c >> 4 & 3];
    item.channel_first = c >> 6 == 3;
    item.status = item.x ? 0 : RQA_ERROR_NOT_FINITE;
    item.text = c & 8 ? "because" : NULL;
    item.n_keys = b >> 7;
    item.key_names = names;
    item.key_values = values;
    if (w->n_items < 6 && check(rqa_batch_add(w->batch, &item)) == RQA_OK)
        w->n_items++;
}

static int on_event(const rqa_batch_event *event, void *user)
{
    world *w = user;
    FUZZ_CHECK(event->label && event->text);
    if (event->type == RQA_EVENT_ITEM_COMPLETED && event->values) {
        uint64_t first, n;
        FUZZ_CHECK(rqa_batch_item_rows(w->batch, event->item, &first, &n) == RQA_OK);
        FUZZ_CHECK(event->n_rows == n && n % rqa_batch_size(w->batch, RQA_BATCH_COMBINATIONS) == 0);
        FUZZ_CHECK(first + n <= rqa_batch_size(w->batch, RQA_BATCH_ROWS));
    }
    return w->n_steps++ == w->stop_at;
}

static void poll(world *w)
{
    rqa_batch_statistics s = {.struct_size = sizeof s};
    FUZZ_CHECK(check(rqa_batch_poll(w->batch, &s)) == RQA_OK);
    FUZZ_CHECK(s.n_done + s.n_failed + s.n_skipped <= s.n_total);
    FUZZ_CHECK(s.state != 2 || s.n_done + s.n_failed + s.n_skipped == s.n_total);
    FUZZ_CHECK(isnan(s.eta_s) || s.eta_s >= 0);
}

static void set_table(world *w)
{
    uint64_t n_rows = TABLE_VALUES / RQA_MEASURE_COUNT;
    w->values = w->values ? w->values : malloc(TABLE_VALUES * sizeof(double));
    w->reasons = w->reasons ? w->reasons : malloc(TABLE_VALUES);
    FUZZ_CHECK(w->values && w->reasons);
    check(rqa_batch_set_table(w->batch, w->values, w->reasons, n_rows));
}

static void set_store(world *w)
{
    if (!w->store && check(rqa_store_open(&w->store, context, path, NULL)))
        return;
    if (w->store)
        check(rqa_batch_set_store(w->batch, w->store));
}

static void step(world *w)
{
    const char *text = NULL;
    unsigned what = next(w);
    if (!w->batch || what % 16 == 0) {
        create(w);
        return;
    }
    switch (what % 16) {
    case 1:
    case 2:
    case 3:
        add(w);
        break;
    case 4:
        set_table(w);
        break;
    case 5:
        set_store(w);
        break;
    case 6:
        check(rqa_batch_start(w->batch));
        break;
    case 7:
        check(rqa_batch_wait(w->batch, what & 64 ? 0 : -1, what & 128 ? on_event : NULL, w));
        break;
    case 8:
        rqa_batch_cancel(w->batch);
        break;
    case 9:
        if (check(rqa_batch_item_status(w->batch, what >> 4, &text)) != RQA_ERROR_NULL)
            FUZZ_CHECK(text != NULL);
        break;
    case 10:
        FUZZ_CHECK(rqa_batch_explain(w->batch) != NULL);
        break;
    case 11:
        check(rqa_batch_run(w->batch, on_event, w));
        break;
    case 12:
        rqa_batch_destroy(w->batch);
        w->batch = NULL;
        break;
    case 13:
        w->stop_at = (int)(what >> 4);
        w->n_steps = 0;
        break;
    default:
        poll(w);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!context)
        make_world();
    world w = {.data = data, .size = size, .stop_at = -1};
    for (int k = 0; k < 40 && w.size > 0; k++)
        step(&w);
    rqa_batch_destroy(w.batch);
    rqa_store_close(w.store);
    if (w.store)
        fuzz_remove_store(path);
    free(w.values);
    free(w.reasons);
    return 0;
}
