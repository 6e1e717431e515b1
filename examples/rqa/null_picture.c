/* null_picture.c - a histogram for each measure: the surrogates, and the recording as a mark. */
#include "null_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "curve_file.h"

typedef struct panel_text {
    char *title, *mark;
} panel_text;

static int make_panel(curve_panel *panel, curve_mark *mark, panel_text *text, const rqa_test *test,
                      int32_t measure, int two_sided)
{
    rqa_test_result r = {.struct_size = sizeof r};
    if (rqa_test_get(test, measure, &r) != RQA_OK || !isfinite(r.value) || r.n_surrogates == 0)
        return 0;
    const double p = two_sided ? r.p_two_sided : r.p;
    text->title = cli_text("%s: p = %.3g%s, %llu surrogates", rqa_measure_name(measure), p,
                           two_sided ? " (two-sided)" : "", (unsigned long long)r.n_surrogates);
    text->mark = cli_text("recording: %.4g", r.value);
    *mark = (curve_mark){CURVE_AT_X, r.value, text->mark};
    *panel = (curve_panel){.title = text->title,
                           .x_label = rqa_measure_text(measure),
                           .y_label = "surrogates",
                           .marks = mark,
                           .n_marks = 1};
    return rqa_test_values(test, measure, &panel->values, &panel->n_values) == RQA_OK;
}

int null_picture_write(const rqa_test *test, uint64_t measures, int two_sided, const char *title,
                       const char *path, int force)
{
    enum { MOST = 64 };
    static curve_panel panel[MOST];
    static curve_mark mark[MOST];
    static panel_text text[MOST];
    size_t n = 0;
    for (int32_t m = 0; rqa_measure_name(m); m++)
        if (measures & RQA_MEASURE_BIT(m))
            n += make_panel(panel + n, mark + n, text + n, test, m, two_sided) != 0;
    if (n == 0)
        return cli_fail(CLI_FAILED, "%s: no measure has numbers to draw", path);
    const curve_picture picture = {title, panel, n};
    const int code = curve_file_write(&picture, path, force);
    for (size_t k = 0; k < n; k++) {
        free(text[k].title);
        free(text[k].mark);
    }
    return code;
}
