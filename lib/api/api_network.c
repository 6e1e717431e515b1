/* api_network.c - rqa/network.h. */
#include <math.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze_adjacency.h"
#include "batch/analyze_network.h"
#include "measures/measure_list.h"
#include "plan/analysis_rules.h"
#include "rqa/rqa.h"

rqa_status rqa_network_create(rqa_network **out, const rqa_embedding *x, const rqa_embedding *y,
                              const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__network_of(out, x, y, &full);
}

void rqa_network_destroy(rqa_network *network)
{
    RQA__ENTRY;
    rqa__network_free(network);
}

rqa_status rqa_network_get(const rqa_network *network, int32_t measure, double *value,
                           double *error)
{
    RQA__ENTRY;
    if (!network)
        return rqa__fail_null("network");
    if (!value)
        return rqa__fail_null("value");
    if (measure < RQA_MEASURE_TRANSITIVITY || measure > RQA_MEASURE_EFFICIENCY)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %d; those of a network are %d..%d", measure,
                         RQA_MEASURE_TRANSITIVITY, RQA_MEASURE_EFFICIENCY);
    *value = network->value[measure];
    if (error)
        *error = isnan(*value) ? NAN : rqa__graph_error(&network->graph.counts, measure);
    return RQA_OK;
}

rqa_status rqa_network_degrees(const rqa_network *network, const uint64_t **degrees, size_t *n)
{
    if (!network)
        return rqa__fail_null("network");
    if (!degrees)
        return rqa__fail_null("degrees");
    if (!n)
        return rqa__fail_null("n");
    *degrees = network->graph.counts.degree;
    *n = (size_t)network->graph.counts.n;
    return RQA_OK;
}

rqa_status rqa_network_clustering(const rqa_network *network, const double **clustering, size_t *n)
{
    if (!network)
        return rqa__fail_null("network");
    if (!clustering)
        return rqa__fail_null("clustering");
    if (!n)
        return rqa__fail_null("n");
    if (!network->clustering)
        return rqa__fail(RQA_ERROR_STATE, "triangles were not counted: options->measures has neither "
                                          "transitivity nor clustering");
    *clustering = network->clustering;
    *n = (size_t)network->graph.counts.n;
    return RQA_OK;
}

rqa_status rqa_adjacency_create(rqa_adjacency **out, const rqa_embedding *x, const rqa_embedding *y,
                                const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__adjacency_of(out, x, y, &full);
}

void rqa_adjacency_destroy(rqa_adjacency *adjacency)
{
    RQA__ENTRY;
    rqa__adjacency_destroy(adjacency);
}

rqa_status rqa_adjacency_rows(const rqa_adjacency *adjacency, const uint64_t **starts,
                              const uint32_t **neighbours, size_t *n)
{
    if (!adjacency)
        return rqa__fail_null("adjacency");
    if (!starts)
        return rqa__fail_null("starts");
    if (!neighbours)
        return rqa__fail_null("neighbours");
    if (!n)
        return rqa__fail_null("n");
    *starts = adjacency->rows.starts;
    *neighbours = adjacency->rows.neighbours;
    *n = adjacency->rows.n;
    return RQA_OK;
}
