/* norm_names.c - the names of norms in rqa/analysis.h. */
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "rqa/analysis.h"

static const struct {
    const char *name;
    int32_t norm;
} norms[] = {
    {"maximum", RQA_NORM_MAXIMUM},     {"euclidean", RQA_NORM_EUCLIDEAN},
    {"manhattan", RQA_NORM_MANHATTAN}, {"max", RQA_NORM_MAXIMUM},
    {"chebyshev", RQA_NORM_MAXIMUM},   {"l2", RQA_NORM_EUCLIDEAN},
    {"l1", RQA_NORM_MANHATTAN},        {"taxicab", RQA_NORM_MANHATTAN},
};

const char *rqa_norm_name(int32_t norm)
{
    return norm >= 0 && norm <= RQA_NORM_MANHATTAN ? norms[norm].name : NULL;
}

rqa_status rqa_norm_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (size_t k = 0; k < sizeof norms / sizeof norms[0]; k++)
        if (strcmp(name, norms[k].name) == 0) {
            *out = norms[k].norm;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown norm '%.40s'; known are maximum (max, chebyshev), euclidean (l2), "
                     "manhattan (l1, taxicab)",
                     name);
}
