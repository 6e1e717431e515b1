/* line_bootstrap.c - intervals of line measures: pooled lines, replicates, quantiles. */
#include "batch/line_bootstrap.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "lines/dialect.h"
#include "resample/multinomial.h"
#include "resample/sample_summary.h"

enum { MOST = 1000000, N_KINDS = 2, PER_KIND = 3 };

/* By kind of lines. */
static const int32_t measure_of[RQA__BOOTSTRAP_MEASURES] = {
    RQA_MEASURE_DET, RQA_MEASURE_L_MEAN, RQA_MEASURE_L_ENTR,
    RQA_MEASURE_LAM, RQA_MEASURE_TT,     RQA_MEASURE_V_ENTR};
static const uint32_t tally_of[N_KINDS] = {RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL};

/* The lines of one kind. */
typedef struct line_pool {
    uint64_t minimum; /* lmin or vmin */
    rqa__bin *bin;    /* [n_bins] of all results together, by rising length */
    size_t n_bins;
    uint64_t *before;   /* [n_bins + 1] lines in shorter classes */
    uint64_t *n_drawn;  /* [n_results] */
    uint64_t *replicate; /* [n_bins] */
} line_pool;

typedef struct work {
    const rqa_line_counts *given; /* [n_results] */
    size_t n_results;
    const rqa__convention *convention;
    const rqa_bootstrap_options *options;
    line_pool pool[N_KINDS];
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

static const rqa_line_bin *bins_of(const rqa_line_counts *lines, int kind, size_t *n_bins)
{
    *n_bins = (size_t)(kind == 0 ? lines->n_diagonal : lines->n_vertical);
    return kind == 0 ? lines->diagonal : lines->vertical;
}

static int check_classes(const rqa_line_counts *lines, size_t result)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        size_t n;
        const rqa_line_bin *bin = bins_of(lines, kind, &n);
        for (size_t k = 0; bin && k < n; k++)
            if (bin[k].length <= (k ? bin[k - 1].length : 0))
                return rqa__fail(RQA_ERROR_VALUE,
                                 "lines[%zu]: class %zu of the %s lines has length %" PRIu64
                                 "; lengths rise, from 1",
                                 result, k, kind == 0 ? "diagonal" : "vertical", bin[k].length);
    }
    return RQA_OK;
}

static int check_lines(const rqa_line_counts *lines, size_t result)
{
    if (!rqa__convention_find(lines->convention))
        return rqa__fail(RQA_ERROR_VALUE, "lines[%zu].convention is %" PRId32 ", which is unknown", result,
                         lines->convention);
    if (lines->relation < RQA_RELATION_AUTO || lines->relation > RQA_RELATION_JOINT)
        return rqa__fail(RQA_ERROR_VALUE, "lines[%zu].relation is %" PRId32 "; %d..%d are known", result,
                         lines->relation, RQA_RELATION_AUTO, RQA_RELATION_JOINT);
    if (lines->lmin < 1 || lines->vmin < 1 || lines->reserved)
        return rqa__fail(RQA_ERROR_VALUE,
                         "lines[%zu]: lmin is %" PRIu32 ", vmin %" PRIu32 " and reserved %" PRIu32
                         "; they must be at least 1, at least 1, and 0",
                         result, lines->lmin, lines->vmin, lines->reserved);
    return check_classes(lines, result);
}

static int check_results(work *w, uint32_t *tallies)
{
    const rqa_line_counts *first = w->given;
    *tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL;
    for (size_t k = 0; k < w->n_results; k++) {
        const rqa_line_counts *one = w->given + k;
        int status = check_lines(one, k);
        if (status)
            return status;
        if (one->convention != first->convention || one->lmin != first->lmin ||
            one->vmin != first->vmin || one->relation != first->relation)
            return rqa__fail(RQA_ERROR_MISMATCH,
                             "result %zu has another convention, lmin, vmin or relation than result 0", k);
        *tallies &= ~(one->diagonal ? 0 : (uint32_t)RQA__TALLY_DIAGONAL);
        *tallies &= ~(one->vertical ? 0 : (uint32_t)RQA__TALLY_VERTICAL);
    }
    w->convention = rqa__convention_find(first->convention);
    if (!*tallies)
        return rqa__fail(RQA_ERROR_STATE, "neither diagonal nor vertical lines were counted: no measure "
                                          "in options->measures needs them");
    return RQA_OK;
}

/* The lines of a class that are no copies: of a symmetric plot one side's. A main diagonal that counts
 * is a line of its own, which makes the number odd. */
static uint64_t own_lines(const work *w, int kind, uint64_t count)
{
    const int mirrored = kind == 0 && w->given->relation != RQA_RELATION_CROSS &&
                         !w->convention->upper_only;
    return mirrored ? count / 2 + count % 2 : count;
}

/* The lines of one result, those that are drawn from, to bin. */
static size_t lines_of(const work *w, size_t result, int kind, rqa__bin *bin)
{
    const uint64_t shortest =
        w->options->lines == RQA_BOOTSTRAP_LONG_LINES ? w->pool[kind].minimum : 1;
    size_t n = 0, n_from;
    const rqa_line_bin *from = bins_of(w->given + result, kind, &n_from);
    for (size_t k = 0; from && k < n_from; k++)
        if (from[k].length >= shortest)
            bin[n++] = (rqa__bin){from[k].length, own_lines(w, kind, from[k].count)};
    return n;
}

static size_t most_classes(const work *w, int kind)
{
    size_t n = 0;
    for (size_t k = 0; k < w->n_results; k++) {
        size_t n_own;
        n += bins_of(w->given + k, kind, &n_own) ? n_own : 0;
    }
    return n;
}

/* Joins the lines of all results; `own` and `joined` have room for all their classes. */
static int pool_lines(work *w, int kind, rqa__bin *own, rqa__bin *joined)
{
    line_pool *l = &w->pool[kind];
    rqa__spectrum all = {l->bin, 0};
    for (size_t r = 0; r < w->n_results; r++) {
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
        line_pool *l = &w->pool[kind];
        const size_t n = most_classes(w, kind);
        most = n > most ? n : most;
        l->minimum = kind == 0 ? w->given->lmin : w->given->vmin;
        l->bin = rqa__alloc_array(n, sizeof *l->bin);
        l->before = rqa__calloc(n + 1, sizeof *l->before);
        l->n_drawn = rqa__calloc(w->n_results, sizeof *l->n_drawn);
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
        rqa__free(w->pool[kind].bin);
        rqa__free(w->pool[kind].before);
        rqa__free(w->pool[kind].n_drawn);
        rqa__free(w->pool[kind].replicate);
    }
    rqa__free(w->drawn);
    rqa__free(w->value);
    rqa__free(w->sorted);
}

/* The measures of the lines drawn, as the convention has them; 0 where none is long enough. */
static int measure_replicate(work *w, int kind, double *out)
{
    const line_pool *l = &w->pool[kind];
    const rqa__reading reading = {.convention = w->convention};
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
    const line_pool *l = &w->pool[kind];
    const uint64_t n = l->n_drawn[result];
    uint32_t n_skipped = 0;
    for (uint32_t b = 0; b < o->count; b++) {
        double value[PER_KIND] = {NAN, NAN, NAN};
        rqa__generator g = rqa__generator_of(
            o->seed, 2 * ((uint64_t)result * o->count + b) + (uint64_t)kind);
        if (n > 0)
            rqa__multinomial(&g, n, l->before, l->n_bins, l->replicate);
        if (n == 0 || !measure_replicate(w, kind, value))
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

rqa_line_counts rqa__lines_of_metrics(const struct rqa_metrics *m)
{
    static const rqa_line_bin none;
    rqa_line_counts lines = {
        .struct_size = sizeof lines,
        .convention = m->rules.convention_id,
        /* No line of a plot that is not symmetric is a copy. */
        .relation = rqa__rules_sides_differ(&m->rules) ? RQA_RELATION_CROSS : m->rules.relation,
        .lmin = m->rules.lmin,
        .vmin = m->rules.vmin,
        .n_diagonal = m->n_bins[RQA_HISTOGRAM_DIAGONAL],
        .n_vertical = m->n_bins[RQA_HISTOGRAM_VERTICAL],
    };
    /* Counted, but none found, is another thing than not counted. */
    if (m->tallies & RQA__TALLY_DIAGONAL)
        lines.diagonal = lines.n_diagonal ? m->bins[RQA_HISTOGRAM_DIAGONAL] : &none;
    if (m->tallies & RQA__TALLY_VERTICAL)
        lines.vertical = lines.n_vertical ? m->bins[RQA_HISTOGRAM_VERTICAL] : &none;
    return lines;
}

int rqa__bootstrap_new(struct rqa_bootstrap **out, const rqa_line_counts *lines, size_t n_results,
                       const rqa_bootstrap_options *options)
{
    work w = {.given = lines, .n_results = n_results, .options = options};
    uint32_t tallies = 0;
    int status = check_options(options);
    if (!status)
        status = check_results(&w, &tallies);
    if (status)
        return status;
    struct rqa_bootstrap *b = rqa__calloc(1, sizeof *b);
    if (b)
        b->interval = rqa__calloc(n_results, RQA__BOOTSTRAP_MEASURES * sizeof *b->interval);
    status = b && b->interval ? prepare(&w) : rqa__fail_memory("the bootstrap");
    for (size_t r = 0; r < n_results && !status; r++)
        for (int kind = 0; kind < N_KINDS; kind++)
            if (tallies & tally_of[kind])
                resample(&w, r, kind,
                         b->interval + r * RQA__BOOTSTRAP_MEASURES + (size_t)kind * PER_KIND);
    clear(&w);
    if (status) {
        rqa__bootstrap_free(b);
        return status;
    }
    b->n_results = n_results;
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
