/* api_names.c - rqa/convention.h and the names of rqa/analysis.h. */
#include <string.h>

#include "base/error.h"
#include "lines/dialect.h"
#include "rqa/rqa.h"

static const char *const border_names[] = {
    [RQA_BORDER_ALL] = "all",
    [RQA_BORDER_DIBO] = "dibo",
    [RQA_BORDER_DIBO_SEMI] = "dibo-semi",
    [RQA_BORDER_KELO] = "kelo",
    [RQA_BORDER_KELO_SEMI] = "kelo-semi",
    [RQA_BORDER_CENSI] = "censi",
    [RQA_BORDER_CENSI_SEMI] = "censi-semi",
    [RQA_BORDER_CENSI_LOI] = "censi-loi",
    [RQA_BORDER_CENSI_SEMI_LOI] = "censi-semi-loi",
};

const char *rqa_border_name(int32_t border)
{
    return border >= RQA_BORDER_ALL && border <= RQA_BORDER_CENSI_SEMI_LOI ? border_names[border] : NULL;
}

rqa_status rqa_border_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = RQA_BORDER_ALL; k <= RQA_BORDER_CENSI_SEMI_LOI; k++)
        if (strcmp(name, border_names[k]) == 0) {
            *out = k;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown border rule '%.40s'; known are all dibo dibo-semi kelo kelo-semi censi "
                     "censi-semi censi-loi censi-semi-loi",
                     name);
}

const char *rqa_convention_name(int32_t convention)
{
    const rqa__convention *found = rqa__convention_find(convention);
    return found ? found->name : NULL;
}

const char *rqa_convention_text(int32_t convention)
{
    const rqa__convention *found = rqa__convention_find(convention);
    return found ? found->text : NULL;
}

rqa_status rqa_convention_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = 0; rqa__convention_find(k); k++)
        if (strcmp(name, rqa__convention_find(k)->name) == 0) {
            *out = k;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown convention '%.40s'; known are standard recurrenceanalysis crp pyrqa "
                     "pyunicorn accrqa crqa neurokit founding",
                     name);
}

static const struct {
    const char *name;
    int32_t norm;
} norms[] = {
    {"maximum", RQA_NORM_MAXIMUM},   {"euclidean", RQA_NORM_EUCLIDEAN},
    {"manhattan", RQA_NORM_MANHATTAN}, {"max", RQA_NORM_MAXIMUM},
    {"chebyshev", RQA_NORM_MAXIMUM}, {"l2", RQA_NORM_EUCLIDEAN},
    {"l1", RQA_NORM_MANHATTAN},      {"taxicab", RQA_NORM_MANHATTAN},
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
