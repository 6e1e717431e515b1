/* measure_graph.c - measures of a recurrence network from its counts.
 *
 * Marwan, Donges, Zou, Donner, Kurths: Phys. Lett. A 373, 4246 (2009); Donner, Zou, Donges, Marwan,
 * Kurths: New J. Phys. 12, 033025 (2010); Newman: Phys. Rev. Lett. 89, 208701 (2002). Sums run over
 * nodes in the order of time, in double.
 */
#include <math.h>

#include "measures/graph_counts.h"

#define BIT(measure) RQA_MEASURE_BIT(RQA_MEASURE_##measure)
#define PATH_MEASURES (BIT(PATH_MEAN) | BIT(DIAMETER) | BIT(EFFICIENCY))

static void set(double *value, uint8_t *reason, int measure, double number, int why)
{
    value[measure] = why ? NAN : number;
    reason[measure] = (uint8_t)why;
}

static void set_transitivity(const rqa__graph_counts *c, double *value, uint8_t *reason)
{
    uint64_t closed = 0, all = 0; /* ordered pairs of edges that share a node */
    for (uint64_t i = 0; i < c->n; i++) {
        closed += c->twice_triangles[i];
        all += c->degree[i] ? c->degree[i] * (c->degree[i] - 1) : 0;
    }
    set(value, reason, RQA_MEASURE_TRANSITIVITY, (double)closed / (double)all,
        all ? RQA_REASON_DEFINED : RQA_REASON_ZERO_DENOMINATOR);
}

double rqa__graph_clustering(const rqa__graph_counts *c, uint64_t node)
{
    const uint64_t k = c->degree[node];
    return k < 2 ? NAN : (double)c->twice_triangles[node] / (double)(k * (k - 1));
}

static void set_clustering(const rqa__graph_counts *c, double *value, uint8_t *reason)
{
    double sum = 0;
    for (uint64_t i = 0; i < c->n; i++)
        sum += c->degree[i] < 2 ? 0 : rqa__graph_clustering(c, i);
    set(value, reason, RQA_MEASURE_CLUSTERING, sum / (double)c->n, RQA_REASON_DEFINED);
}

/* With q the mean degree of the ends of edges, r = sum (k_i - q)(k_j - q) / sum (k_i - q)^2 over
 * ends: Newman's r without its differences of large numbers. */
static void set_assortativity(const rqa__graph_counts *c, double *value, uint8_t *reason)
{
    uint64_t n_ends = 0, least = UINT64_MAX, most = 0;
    double sum = 0, above = 0, below = 0;
    for (uint64_t i = 0; i < c->n; i++) {
        const uint64_t k = c->degree[i];
        if (k == 0)
            continue;
        n_ends += k;
        sum += (double)k * (double)k;
        least = k < least ? k : least;
        most = k > most ? k : most;
    }
    const double mean = sum / (double)n_ends;
    for (uint64_t i = 0; i < c->n && least < most; i++) {
        const double k = (double)c->degree[i];
        above += (k - mean) * ((double)c->neighbour_degrees[i] - k * mean);
        below += k * (k - mean) * (k - mean);
    }
    set(value, reason, RQA_MEASURE_ASSORTATIVITY, above / below,
        least < most ? RQA_REASON_DEFINED : RQA_REASON_ZERO_DENOMINATOR);
}

static void set_paths(const rqa__graph_counts *c, uint64_t measures, double *value, uint8_t *reason)
{
    uint64_t n_reached = 0, sum = 0, farthest = 0;
    double inverse_sum = 0;
    for (uint64_t s = 0; s < c->n_sources; s++) {
        n_reached += c->source[s].n_reached;
        sum += c->source[s].sum;
        inverse_sum += c->source[s].inverse_sum;
        if (c->source[s].farthest > farthest)
            farthest = c->source[s].farthest;
    }
    const int none = n_reached ? RQA_REASON_DEFINED : RQA_REASON_NO_POINTS;
    if (measures & BIT(PATH_MEAN))
        set(value, reason, RQA_MEASURE_PATH_MEAN, (double)sum / (double)n_reached, none);
    if (measures & BIT(DIAMETER))
        set(value, reason, RQA_MEASURE_DIAMETER, (double)farthest, none);
    if (measures & BIT(EFFICIENCY))
        set(value, reason, RQA_MEASURE_EFFICIENCY,
            inverse_sum / ((double)c->n_sources * (double)(c->n - 1)),
            c->n < 2 ? RQA_REASON_SERIES_TOO_SHORT : RQA_REASON_DEFINED);
}

void rqa__measure_graph(const rqa__graph_counts *c, uint64_t measures, double *value,
                        uint8_t *reason)
{
    if (measures & BIT(TRANSITIVITY))
        set_transitivity(c, value, reason);
    if (measures & BIT(CLUSTERING))
        set_clustering(c, value, reason);
    if (measures & BIT(ASSORTATIVITY))
        set_assortativity(c, value, reason);
    if (measures & BIT(COMPONENTS))
        set(value, reason, RQA_MEASURE_COMPONENTS, (double)c->n_components, RQA_REASON_DEFINED);
    if (measures & PATH_MEASURES)
        set_paths(c, measures, value, reason);
}

/* Ratio estimator: s.d. of sum_s - mean n_s over mean n_s sqrt(S). */
double rqa__graph_error(const rqa__graph_counts *c, int32_t measure)
{
    const double n = (double)c->n_sources;
    double above = 0, below = 0, square = 0;
    if (!(RQA_MEASURE_BIT(measure) & PATH_MEASURES) || c->n_sources == c->n)
        return 0;
    if (measure == RQA_MEASURE_DIAMETER)
        return NAN;
    const int is_path = measure == RQA_MEASURE_PATH_MEAN;
    for (uint64_t s = 0; s < c->n_sources; s++) {
        above += is_path ? (double)c->source[s].sum : c->source[s].inverse_sum;
        below += is_path ? (double)c->source[s].n_reached : (double)(c->n - 1);
    }
    for (uint64_t s = 0; s < c->n_sources; s++) {
        const double a = is_path ? (double)c->source[s].sum : c->source[s].inverse_sum;
        const double b = is_path ? (double)c->source[s].n_reached : (double)(c->n - 1);
        square += (a - above / below * b) * (a - above / below * b);
    }
    /* Sources are drawn without replacement. */
    const double left = 1 - n / (double)c->n;
    return below > 0 && n > 1 ? sqrt(left * square / (n - 1) / n) / (below / n) : NAN;
}
