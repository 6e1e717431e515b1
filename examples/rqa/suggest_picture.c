/* suggest_picture.c - the curves of a suggestion as a picture, with what was picked from them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_files.h"
#include "curve_file.h"
#include "suggest_result.h"

enum { N_PANELS = 4, MOST_MARKS = 3 };

typedef struct drawing {
    curve curves[N_PANELS][3];
    curve_mark marks[N_PANELS][MOST_MARKS];
    char text[N_PANELS][MOST_MARKS][60];
    curve_panel panel[N_PANELS];
} drawing;

static void add_curve(drawing *d, int panel, const rqa_suggestion *s, int32_t id, const char *name)
{
    curve_panel *p = &d->panel[panel];
    curve *c = &d->curves[panel][p->n_curves++];
    const int of_lags = id == RQA_CURVE_ACF || id == RQA_CURVE_AMI;
    *c = (curve){.name = name,
                 .x_first = of_lags ? 0 : 1,
                 .x_step = 1,
                 .style = of_lags ? CURVE_LINE : CURVE_LINE_POINTS};
    rqa_suggestion_curve(s, id, &c->y, &c->n);
    p->curves = d->curves[panel];
}

/* At a number that there is; "name value". */
static void add_mark(drawing *d, int panel, double at, const char *name)
{
    curve_panel *p = &d->panel[panel];
    if (isnan(at))
        return;
    char *text = d->text[panel][p->n_marks];
    snprintf(text, sizeof d->text[panel][0], "%s %.0f", name, at);
    d->marks[panel][p->n_marks++] = (curve_mark){CURVE_AT_X, at, text};
    p->marks = d->marks[panel];
}

static void add_level(drawing *d, int panel, double at, const char *text)
{
    curve_panel *p = &d->panel[panel];
    d->marks[panel][p->n_marks++] = (curve_mark){CURVE_AT_Y, at, text};
    p->marks = d->marks[panel];
}

static void draw(drawing *d, const rqa_suggestion *s)
{
    d->panel[0].title = "Autocorrelation";
    d->panel[0].y_label = "r";
    add_curve(d, 0, s, RQA_CURVE_ACF, NULL);
    add_mark(d, 0, suggest_value(s, RQA_SUGGESTION_FIRST_1_OVER_E), "first 1/e");
    add_mark(d, 0, suggest_value(s, RQA_SUGGESTION_FIRST_ZERO), "first zero");
    d->panel[1].title = "Average mutual information";
    d->panel[1].x_label = "lag (samples)";
    d->panel[1].y_label = "I (nats)";
    add_curve(d, 1, s, RQA_CURVE_AMI, NULL);
    add_mark(d, 1, suggest_value(s, RQA_SUGGESTION_FIRST_MINIMUM), "first minimum");
    d->panel[2].title = "False nearest neighbours";
    d->panel[2].y_label = "share";
    d->panel[2].y_high = 1;
    add_curve(d, 2, s, RQA_CURVE_FNN_FRACTION, NULL);
    d->panel[3].title = "Cao";
    d->panel[3].x_label = "embedding dimension";
    d->panel[3].y_label = "E1, E2";
    add_curve(d, 3, s, RQA_CURVE_CAO_E1, "E1");
    add_curve(d, 3, s, RQA_CURVE_CAO_E2, "E2");
    add_level(d, 3, 1, NULL);
    add_mark(d, strstr(rqa_suggestion_rule(s, RQA_SUGGESTION_DIM), "Cao") ? 3 : 2,
             suggest_value(s, RQA_SUGGESTION_DIM), "dim");
}

int suggest_picture_write(const char *path, const suggest_result *result, int force)
{
    drawing *d = cli_calloc(1, sizeof *d);
    draw(d, result->suggestion);
    char *name = cli_files_title(result->label, NULL);
    char *title = cli_text("%s: delay %.0f, dimension %.0f", name,
                           suggest_value(result->suggestion, RQA_SUGGESTION_DELAY),
                           suggest_value(result->suggestion, RQA_SUGGESTION_DIM));
    const curve_picture picture = {title, d->panel, N_PANELS};
    int code = curve_file_write(&picture, path, force);
    free(title);
    free(name);
    free(d);
    return code;
}
