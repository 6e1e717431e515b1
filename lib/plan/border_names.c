/* border_names.c - names of rules for the lines that the border of the plot cuts. */
#include <string.h>

#include "base/error.h"
#include "rqa/analysis.h"

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
