/* line_bootstrap.c - intervals of line measures: pooled lines, replicates, quantiles. */
#include "batch/line_bootstrap.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "resample/multinomial.h"
#include "resample/sample_summary.h"

enum { MOST = 1000000, N_KINDS = 2, PER_KIND = 3 };

/* By kind of lines. */
static const int32_t measure_of[RQA__BOOTSTRAP_MEASURES] = {
    RQA_MEASURE_DET, RQA_MEASURE_L_MEAN, RQA_MEASURE_L_ENTR,
    RQA_MEASURE_LAM, RQA_MEASURE_TT,     RQA_MEASURE_V_ENTR};
static const uint32_t tally_of[N_KINDS] = {RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL};
static const int histogram_of[N_KINDS] = {RQA_HISTOGRAM_DIAGONAL, RQA_HISTOGRAM_VERTICAL};

/* The lines of one kind. */
typedef struct lines {
    uint64_t minimum; /* lmin or vmin */
    rqa__bin *bin;    /* [n_bins] of all results together, by rising length */
    size_t n_bins;
    uint64_t *before;   /* [n_bins + 1] lines in shorter classes */
    uint64_t *n_drawn;  /* [n_results] */
    uint64_t *replicate; /* [n_bins] */
} lines;

typedef struct work {
    const struct rqa_metrics *const *metrics;
    size_t n_metrics;
    const rqa_bootstrap_options *options;
    lines lines[N_KINDS];
    rqa__bin *drawn; /* classes of a replicate */
    double *value;   /* [PER_KIND][count] */
    double *sorted;  /* [count] */
} work;

int rqa__bootstrap_column(int32_t measure)
{
    for (int k = 0; k < RQA__BOOTSTRAP_MEASURES; k++)
        if (measure_of[k] == measure)
            return k;
    return -1;
}

static int check_options(const rqa_bootstrap_options *o)
{
    if (o->count < 1 || o->count > MOST)
        return rqa__fail(RQA_ERROR_VALUE, "options->count is %" PRIu32 "; 1..%d are allowed", o->count,
                         MOST);
    if (!(o->level > 0 && o->level < 1))
        return rqa__fail(RQA_ERROR_VALUE, "options->level is %s; it must lie between 0 and 1",
                         rqa__shortest(o->level).text);
    if (o->lines != RQA_BOOTSTRAP_ALL_LINES && o->lines != RQA_BOOTSTRAP_LONG_LINES)
        return rqa__fail(RQA_ERROR_VALUE, "options->lines is %" PRId32 "; %d and %d are known", o->lines,
                         RQA_BOOTSTRAP_ALL_LINES, RQA_BOOTSTRAP_LONG_LINES);
    if (o->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "options->reserved is %" PRIu32 "; it must be 0", o->reserved);
    return RQA_OK;
}

static int check_results(const work *w, uint32_t *tallies)
{
    const rqa__rules *first = &w->metrics[0]->rules;
    *tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL;
    for (size_t k = 0; k < w->n_metrics; k++) {
        const rqa__rules *r = &w->metrics[k]->rules;
        if (r->convention_id != first->convention_id || r->lmin != first->lmin ||
            r->vmin != first->vmin || r->relation != first->relation)
            return rqa__fail(RQA_ERROR_MISMATCH,
                             "metrics[%zu] has another convention, lmin, vmin or relation than metrics[0]",
                             k);
        *tallies &= w->metrics[k]->tallies;
    }
    if (!*tallies)
        return rqa__fail(RQA_ERROR_STATE, "neither diagonal nor vertical lines were counted: no measure "
                                          "in options->measures needs them");
    return RQA_OK;
}

/* The lines of a class that are no copies: of a symmetric plot one side's. A main diagonal that counts
 * is a line of its own, which makes the number odd. */
static uint64_t own_lines(const struct rqa_metrics *m, int kind, uint64_t count)
{
    const int mirrored = histogram_of[kind] == RQA_HISTOGRAM_DIAGONAL &&
                         m->rules.relation != RQA_RELATION_CROSS && !m->rules.convention->upper_only;
    return mirrored ? count / 2 + count % 2 : count;
}

/* The lines of one result, those that are drawn from, to bin. */
static size_t lines_of(const work *w, size_t result, int kind, rqa__bin *bin)
{
    const struct rqa_metrics *m = w->metrics[result];
    const uint64_t shortest =
        w->options->lines == RQA_BOOTSTRAP_LONG_LINES ? w->lines[kind].minimum : 1;
    const rqa_line_bin *from = m->bins[histogram_of[kind]];
    size_t n = 0;
    for (size_t k = 0; k < m->n_bins[histogram_of[kind]]; k++)
        if (from[k].length >= shortest)
            bin[n++] = (rqa__bin){from[k].length, own_lines(m, kind, from[k].count)};
    return n;
}

static size_t most_classes(const work *w, int kind)
{
    size_t n = 0;
    for (size_t k = 0; k < w->n_metrics; k++)
        n += w->metrics[k]->n_bins[histogram_of[kind]];
    return n;
}

/* Joins the lines of all results; `own` and `joined` have room for all their classes. */
static int pool_lines(work *w, int kind, rqa__bin *own, rqa__bin *joined)
{
    lines *l = &w->lines[kind];
    rqa__spectrum all = {l->bin, 0};
    for (size_t r = 0; r < w->n_metrics; r++) {
        const rqa__spectrum one = {own, lines_of(w, r, kind, own)};
        const rqa__spectrum sum = rqa__spectrum_join(&all, &one, joined);
        memcpy(l->bin, joined, sum.n_bins * sizeof *joined);
        all.n_bins = sum.n_bins;
        for (size_t k = 0; k < one.n_bins; k++)
            l->n_drawn[r] += own[k].count;
    }
    l->n_bins = all.n_bins;
    for (size_t k = 0; k < l->n_bins; k++) {
        l->before[k + 1] = l->before[k] + l->bin[k].count;
        if (l->before[k + 1] < l->before[k] || l->before[k + 1] >> 62)
            return rqa__fail(RQA_ERROR_OVERFLOW, "there are more than 2^62 lines");
    }
    return RQA_OK;
}

static int prepare(work *w)
{
    size_t most = 0;
    for (int kind = 0; kind < N_KINDS; kind++) {
        lines *l = &w->lines[kind];
        const size_t n = most_classes(w, kind);
        most = n > most ? n : most;
        l->minimum = kind == 0 ? w->metrics[0]->rules.lmin : w->metrics[0]->rules.vmin;
        l->bin = rqa__alloc_array(n, sizeof *l->bin);
        l->before = rqa__calloc(n + 1, sizeof *l->before);
        l->n_drawn = rqa__calloc(w->n_metrics, sizeof *l->n_drawn);
        l->replicate = rqa__alloc_array(n, sizeof *l->replicate);
        if (!l->bin || !l->before || !l->n_drawn || !l->replicate)
            return rqa__fail_memory("the bootstrap");
    }
    w->drawn = rqa__alloc_array(most, sizeof *w->drawn);
    w->value = rqa__alloc_array(w->options->count, PER_KIND * sizeof *w->value);
    w->sorted = rqa__alloc_array(w->options->count, sizeof *w->sorted);
    rqa__bin *joined = rqa__alloc_array(most, sizeof *joined);
    int status = w->drawn && w->value && w->sorted && joined ? RQA_OK
                                                             : rqa__fail_memory("the bootstrap");
    for (int kind = 0; kind < N_KINDS && !status; kind++)
        status = pool_lines(w, kind, w->drawn, joined);
    rqa__free(joined);
    return status;
}

static void clear(work *w)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        rqa__free(w->lines[kind].bin);
        rqa__free(w->lines[kind].before);
        rqa__free(w->lines[kind].n_drawn);
        rqa__free(w->lines[kind].replicate);
    }
    rqa__free(w->drawn);
    rqa__free(w->value);
    rqa__free(w->sorted);
}

/* The measures of the lines drawn, as the convention has them; 0 where none is long enough. */
static int measure_replicate(work *w, size_t result, int kind, double *out)
{
    const struct rqa_metrics *m = w->metrics[result];
    const lines *l = &w->lines[kind];
    const rqa__reading reading = rqa__reading_of(&m->rules, m->n_x, m->n_y);
    const rqa__spectrum none = {NULL, 0};
    double value[RQA_MEASURE_COUNT] = {0};
    uint8_t reason[RQA_MEASURE_COUNT] = {0};
    rqa__spectrum drawn = {w->drawn, 0};
    uint64_t longest = 0;
    for (size_t k = 0; k < l->n_bins; k++) {
        if (l->replicate[k] == 0)
            continue;
        longest = l->bin[k].length;
        w->drawn[drawn.n_bins++] = (rqa__bin){longest, l->replicate[k]};
    }
    if (longest < l->minimum || longest == 0)
        return 0;
    const rqa__line_summary diagonal =
        rqa__summarize_diagonal(&reading, kind == 0 ? &drawn : &none, l->minimum);
    const rqa__line_summary vertical =
        rqa__summarize_vertical(&reading, kind == 1 ? &drawn : &none, l->minimum);
    rqa__measure_lines(&reading, &diagonal, &vertical, value, reason);
    for (int k = 0; k < PER_KIND; k++)
        out[k] = value[measure_of[PER_KIND * kind + k]];
    return 1;
}

static void resample(work *w, size_t result, int kind, rqa_interval *interval)
{
    const rqa_bootstrap_options *o = w->options;
    const lines *l = &w->lines[kind];
    const uint64_t n = l->n_drawn[result];
    uint32_t n_skipped = 0;
    for (uint32_t b = 0; b < o->count; b++) {
        double value[PER_KIND] = {NAN, NAN, NAN};
        rqa__generator g = rqa__generator_of(
            o->seed, 2 * ((uint64_t)result * o->count + b) + (uint64_t)kind);
        if (n > 0)
            rqa__multinomial(&g, n, l->before, l->n_bins, l->replicate);
        if (n == 0 || !measure_replicate(w, result, kind, value))
            n_skipped++;
        for (int k = 0; k < PER_KIND; k++)
            w->value[(size_t)k * o->count + b] = value[k];
    }
    for (int k = 0; k < PER_KIND; k++) {
        const rqa__sample_summary s =
            rqa__sample_summarize(w->value + (size_t)k * o->count, o->count, w->sorted);
        interval[k] = (rqa_interval){
            .struct_size = sizeof *interval,
            .n_skipped = n_skipped,
            .lower = rqa__quantile(w->sorted, s.n, (1 - o->level) / 2),
            .upper = rqa__quantile(w->sorted, s.n, (1 + o->level) / 2),
            .mean = s.mean,
            .std = s.std,
            .n_lines = n,
        };
    }
}

int rqa__bootstrap_new(struct rqa_bootstrap **out, const struct rqa_metrics *const *metrics,
                       size_t n_metrics, const rqa_bootstrap_options *options)
{
    work w = {.metrics = metrics, .n_metrics = n_metrics, .options = options};
    uint32_t tallies;
    int status = check_options(options);
    if (!status)
        status = check_results(&w, &tallies);
    if (status)
        return status;
    struct rqa_bootstrap *b = rqa__calloc(1, sizeof *b);
    if (b)
        b->interval =
            rqa__calloc(n_metrics, RQA__BOOTSTRAP_MEASURES * sizeof *b->interval);
    status = b && b->interval ? prepare(&w) : rqa__fail_memory("the bootstrap");
    for (size_t r = 0; r < n_metrics && !status; r++)
        for (int kind = 0; kind < N_KINDS; kind++)
            if (tallies & tally_of[kind])
                resample(&w, r, kind,
                         b->interval + r * RQA__BOOTSTRAP_MEASURES + (size_t)kind * PER_KIND);
    clear(&w);
    if (status) {
        rqa__bootstrap_free(b);
        return status;
    }
    b->n_results = n_metrics;
    b->tallies = tallies;
    *out = b;
    return RQA_OK;
}

void rqa__bootstrap_free(struct rqa_bootstrap *b)
{
    if (!b)
        return;
    rqa__free(b->interval);
    rqa__free(b);
}
