/* curve_svg.c - curves as a picture: where everything lies, and the SVG of it. */
#include "curve_svg.h"

#include <math.h>
#include <stdlib.h>

#include "curve_path.h"
#include "curve_scale.h"
#include "curve_text.h"

static const double picture_width = 760.0, right_margin = 18.0, top_margin = 10.0;
static const double title_height = 26.0, row_height = 20.0, gap_height = 8.0, tick_height = 20.0,
                    label_height = 20.0, default_height = 120.0;
static const double x_spacing = 45.0, y_spacing = 26.0, text_line = 14.0;

enum { N_STYLES = 6 };
static const char *const dashes[N_STYLES] = {"none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2"};
static const char *const colours[N_STYLES] = {"#000",    "#0062a8", "#c04a00",
                                              "#00785a", "#7a3b8f", "#666"};

/* One panel, laid out. */
typedef struct layout {
    const curve_panel *panel;
    size_t number;      /* for the name of its clip path */
    double left, width; /* of the frame */
    double top, height;
    int has_own_row; /* the legend stands below the title */
    curve_range x, y;
    curve_ticks x_ticks, y_ticks;
    curve_bars bars;
} layout;

static double legend_width(const curve_panel *panel)
{
    double width = 0.0;
    for (size_t k = 0; !panel->values && k < panel->n_curves; k++)
        if (panel->curves[k].name)
            width += 44.0 + curve_text_width(panel->curves[k].name);
    return width;
}

static void take_x(curve_range *range, const layout *at)
{
    const curve_panel *panel = at->panel;
    if (panel->values) {
        curve_range_take(range, at->bars.first);
        curve_range_take(range, at->bars.first + (double)at->bars.n * at->bars.width);
    }
    for (size_t k = 0; !panel->values && k < panel->n_curves; k++)
        for (size_t i = 0; i < panel->curves[k].n; i++) {
            curve_range_take(range, curve_x(&panel->curves[k], i));
            if (!panel->curves[k].x && i == 0 && panel->curves[k].n > 1)
                i = panel->curves[k].n - 2; /* an even axis: its two ends */
        }
    for (size_t k = 0; k < panel->n_marks; k++)
        if (panel->marks[k].axis == CURVE_AT_X)
            curve_range_take(range, panel->marks[k].at);
}

static int has_dots(const curve_panel *panel)
{
    for (size_t k = 0; k < panel->n_curves; k++)
        if (panel->curves[k].style != CURVE_LINE)
            return 1;
    return 0;
}

static void find_y(layout *at)
{
    const curve_panel *panel = at->panel;
    at->y = curve_range_none();
    if (panel->y_low < panel->y_high) {
        at->y = (curve_range){panel->y_low, panel->y_high};
        return;
    }
    if (panel->values) {
        at->y = (curve_range){0.0, fmax(1.0, (double)at->bars.largest) * 1.08};
        return;
    }
    for (size_t k = 0; k < panel->n_curves; k++)
        for (size_t i = 0; i < panel->curves[k].n; i++)
            if (isfinite(curve_x(&panel->curves[k], i)))
                curve_range_take(&at->y, panel->curves[k].y[i]);
    for (size_t k = 0; k < panel->n_marks; k++)
        if (panel->marks[k].axis == CURVE_AT_Y)
            curve_range_take(&at->y, panel->marks[k].at);
    curve_range_finish(&at->y, 0.06);
}

/* Panels first..last stand on one axis. */
static void share_x(layout *panels, size_t first, size_t last)
{
    curve_range range = curve_range_none();
    double margin = 0.0;
    for (size_t k = first; k <= last; k++) {
        take_x(&range, &panels[k]);
        margin = fmax(margin, panels[k].panel->values ? 0.03 : has_dots(panels[k].panel) * 0.02);
    }
    curve_range_finish(&range, margin);
    for (size_t k = first; k <= last; k++)
        panels[k].x = range;
}

static int ends_axis(const curve_picture *picture, size_t k)
{
    const curve_panel *panel = &picture->panels[k];
    return panel->x_label || panel->values || k + 1 == picture->n_panels || panel[1].values;
}

/* Returns the height of the picture. */
static double lay_out(layout *panels, const curve_picture *picture)
{
    const size_t n = picture->n_panels;
    double left = 0.0, top = top_margin + (picture->title ? title_height : 0.0);
    for (size_t k = 0, first = 0; k < n; k++) {
        layout *at = &panels[k];
        at->panel = &picture->panels[k];
        at->number = k;
        at->height = at->panel->height > 0.0 ? at->panel->height : default_height;
        if (at->panel->values)
            curve_bars_count(&at->bars, at->panel->values, at->panel->n_values);
        find_y(at);
        curve_ticks_place(&at->y_ticks, at->y, at->height, y_spacing, 0);
        const double room = 16.0 + (at->panel->y_label ? label_height : 0.0);
        for (size_t i = 0; i < at->y_ticks.n; i++)
            left = fmax(left, room + curve_text_width(at->y_ticks.text[i]));
        if (ends_axis(picture, k)) {
            share_x(panels, first, k);
            first = k + 1;
        }
    }
    for (size_t k = 0; k < n; k++) {
        layout *at = &panels[k];
        const double legend = legend_width(at->panel);
        const double title = at->panel->title ? curve_text_width(at->panel->title) * 1.1 : 0.0;
        at->left = left;
        at->width = picture_width - left - right_margin;
        at->has_own_row = title > 0.0 && legend > 0.0 && title + legend > at->width;
        top += title > 0.0 || legend > 0.0 ? row_height * (1 + at->has_own_row) : gap_height;
        at->top = top;
        top += at->height + gap_height;
        if (ends_axis(picture, k))
            top += tick_height + (at->panel->x_label ? label_height : 0.0);
        curve_ticks_place(&at->x_ticks, at->x, at->width, x_spacing, 1);
    }
    return top;
}

static curve_axis axis_x(const layout *at)
{
    const double scale = at->width / (at->x.high - at->x.low);
    return (curve_axis){at->x.low, at->left, scale, at->left - 10.0, at->left + at->width + 10.0};
}

/* Upwards on the paper; what lies outside is cut off by the frame. */
static curve_axis axis_y(const layout *at)
{
    const double scale = -at->height / (at->y.high - at->y.low);
    return (curve_axis){at->y.low, at->top + at->height, scale, at->top - 10.0,
                        at->top + at->height + 10.0};
}

static void write_grid(curve_text *out, const layout *at)
{
    const curve_axis x = axis_x(at), y = axis_y(at);
    curve_text_add(out, "<path class=\"grid\" d=\"");
    for (size_t k = 0; k < at->y_ticks.n; k++)
        curve_text_add(out, "M%c %ch%c", at->left, curve_axis_pixel(&y, at->y_ticks.at[k]),
                       at->width);
    for (size_t k = 0; k < at->x_ticks.n; k++)
        curve_text_add(out, "M%c %cv%c", curve_axis_pixel(&x, at->x_ticks.at[k]), at->top,
                       at->height);
    curve_text_add(out, "\"/>\n");
}

static void write_bars(curve_text *out, const layout *at)
{
    const curve_axis x = axis_x(at), y = axis_y(at);
    const double floor_y = at->top + at->height;
    curve_text_add(out, "<path class=\"bars\" d=\"");
    for (size_t k = 0; k < at->bars.n; k++) {
        const double from = at->bars.first + (double)k * at->bars.width;
        if (at->bars.count[k] == 0)
            continue;
        curve_text_add(out, "M%c %cV%cH%cV%cz", curve_axis_pixel(&x, from), floor_y,
                       curve_axis_pixel(&y, (double)at->bars.count[k]),
                       curve_axis_pixel(&x, from + at->bars.width), floor_y);
    }
    curve_text_add(out, "\"/>\n");
}

static void write_curves(curve_text *out, const layout *at)
{
    const curve_axis x = axis_x(at), y = axis_y(at);
    for (size_t k = 0; k < at->panel->n_curves; k++) {
        const curve *line = &at->panel->curves[k];
        const char *colour = colours[k % N_STYLES];
        if (line->style != CURVE_POINTS) {
            curve_text_add(out, "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"",
                           colour, dashes[k % N_STYLES]);
            curve_path_write(out, line, &x, &y);
            curve_text_add(out, "\"/>\n");
        }
        if (line->style != CURVE_LINE) {
            curve_text_add(out, "<path class=\"dots\" stroke=\"%s\" d=\"", colour);
            curve_path_dots(out, line, &x, &y);
            curve_text_add(out, "\"/>\n");
        }
    }
}

/* Texts of upright marks stand one below the other, and turn to the left where the frame ends. */
static void write_marks(curve_text *out, const layout *at)
{
    const curve_axis x = axis_x(at), y = axis_y(at);
    size_t line = 0;
    for (size_t k = 0; k < at->panel->n_marks; k++) {
        const curve_mark *mark = &at->panel->marks[k];
        const int is_x = mark->axis == CURVE_AT_X;
        if (!isfinite(mark->at))
            continue;
        const double pixel = curve_axis_pixel(is_x ? &x : &y, mark->at);
        if (is_x)
            curve_text_add(out, "<path class=\"mark\" d=\"M%c %cv%c\"/>\n", pixel, at->top,
                           at->height);
        else
            curve_text_add(out, "<path class=\"mark\" d=\"M%c %ch%c\"/>\n", at->left, pixel,
                           at->width);
        if (!mark->text)
            continue;
        const double end = at->left + at->width;
        const int turn = is_x && pixel + 6.0 + curve_text_width(mark->text) > end;
        const double text_y = is_x ? at->top + text_line * (double)(1 + line++ % 5)
                              : pixel - 4.0 < at->top + text_line ? pixel + text_line
                                                                  : pixel - 4.0;
        curve_text_add(out, "<text class=\"halo\" x=\"%c\" y=\"%c\" text-anchor=\"%s\">%t</text>\n",
                       !is_x ? at->left + 5.0 : turn ? pixel - 5.0 : pixel + 5.0, text_y,
                       turn ? "end" : "start", mark->text);
    }
}

static void write_legend(curve_text *out, const layout *at)
{
    const curve_panel *panel = at->panel;
    double x = at->left + at->width - legend_width(panel);
    const double y = at->top - 6.0;
    for (size_t k = 0; !panel->values && k < panel->n_curves; k++) {
        const curve *line = &panel->curves[k];
        const char *colour = colours[k % N_STYLES];
        if (!line->name)
            continue;
        if (line->style != CURVE_POINTS)
            curve_text_add(out, "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" "
                                "d=\"M%c %ch24\"/>\n",
                           colour, dashes[k % N_STYLES], x + 8.0, y - 4.0);
        if (line->style != CURVE_LINE)
            curve_text_add(out, "<path class=\"dots\" stroke=\"%s\" d=\"M%c %ch0\"/>\n", colour,
                           x + 20.0, y - 4.0);
        curve_text_add(out, "<text x=\"%c\" y=\"%c\">%t</text>\n", x + 36.0, y, line->name);
        x += 44.0 + curve_text_width(line->name);
    }
}

static void write_frame(curve_text *out, const layout *at, int with_numbers)
{
    const curve_axis x = axis_x(at), y = axis_y(at);
    const curve_panel *panel = at->panel;
    const double floor_y = at->top + at->height, middle = at->top + at->height / 2.0;
    curve_text_add(out, "<path class=\"frame\" d=\"M%c %ch%cv%ch%cz", at->left, at->top, at->width,
                   at->height, -at->width);
    for (size_t k = 0; k < at->y_ticks.n; k++)
        curve_text_add(out, "M%c %ch-4", at->left, curve_axis_pixel(&y, at->y_ticks.at[k]));
    for (size_t k = 0; k < at->x_ticks.n; k++)
        curve_text_add(out, "M%c %cv4", curve_axis_pixel(&x, at->x_ticks.at[k]), floor_y);
    curve_text_add(out, "\"/>\n");
    for (size_t k = 0; k < at->y_ticks.n; k++)
        curve_text_add(out, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">%s</text>\n",
                       at->left - 7.0, curve_axis_pixel(&y, at->y_ticks.at[k]) + 4.0,
                       at->y_ticks.text[k]);
    for (size_t k = 0; with_numbers && k < at->x_ticks.n; k++)
        curve_text_add(out, "<text x=\"%c\" y=\"%c\" text-anchor=\"middle\">%s</text>\n",
                       curve_axis_pixel(&x, at->x_ticks.at[k]), floor_y + 17.0,
                       at->x_ticks.text[k]);
    if (panel->x_label)
        curve_text_add(out, "<text x=\"%c\" y=\"%c\" text-anchor=\"middle\">%t</text>\n",
                       at->left + at->width / 2.0, floor_y + 36.0, panel->x_label);
    if (panel->y_label)
        curve_text_add(out,
                       "<text text-anchor=\"middle\" transform=\"translate(15 %c) "
                       "rotate(-90)\">%t</text>\n",
                       middle, panel->y_label);
    if (panel->title)
        curve_text_add(out, "<text class=\"title\" x=\"%c\" y=\"%c\">%t</text>\n", at->left,
                       at->top - 6.0 - (at->has_own_row ? row_height : 0.0), panel->title);
}

static void write_panel(curve_text *out, const layout *at, int with_numbers)
{
    char name[32];
    curve_text_tick(name, (long long)at->number + 1, 0);
    curve_text_add(out,
                   "<g>\n<clipPath id=\"panel%s\"><rect x=\"%c\" y=\"%c\" width=\"%c\" "
                   "height=\"%c\"/></clipPath>\n",
                   name, at->left, at->top, at->width, at->height);
    write_grid(out, at);
    curve_text_add(out, "<g clip-path=\"url(#panel%s)\">\n", name);
    if (at->panel->values)
        write_bars(out, at);
    else
        write_curves(out, at);
    curve_text_add(out, "</g>\n");
    write_frame(out, at, with_numbers);
    write_marks(out, at);
    write_legend(out, at);
    curve_text_add(out, "</g>\n");
}

static void write_head(curve_text *out, const curve_picture *picture, double height)
{
    curve_text_add(out,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%c\" height=\"%c\" "
                   "viewBox=\"0 0 %c %c\" font-family=\"sans-serif\" font-size=\"12\" "
                   "role=\"img\">\n",
                   picture_width, height, picture_width, height);
    if (picture->title)
        curve_text_add(out, "<title>%t</title>\n", picture->title);
    curve_text_add(
        out, "<style>path{fill:none;stroke-linecap:round;stroke-linejoin:round}"
             ".grid{stroke:#ddd;stroke-width:.6}.frame{stroke:#000;stroke-width:1}"
             ".curve{stroke-width:1.2}.dots{stroke-width:4}"
             ".bars{fill:#bbb;stroke:#444;stroke-width:.7}"
             ".mark{stroke:#a00;stroke-width:1.1;stroke-dasharray:5 3;stroke-linecap:butt}"
             ".halo{stroke:#fff;stroke-width:3;paint-order:stroke}.title{font-weight:bold}"
             "</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
    if (picture->title)
        curve_text_add(out,
                       "<text class=\"title\" x=\"%c\" y=\"24\" font-size=\"15\" "
                       "text-anchor=\"middle\">%t</text>\n",
                       picture_width / 2.0, picture->title);
}

char *curve_svg_text(const curve_picture *picture, size_t *length)
{
    curve_text out = {0};
    layout *panels = calloc(picture->n_panels ? picture->n_panels : 1, sizeof *panels);
    if (!panels)
        return NULL;
    const double height = lay_out(panels, picture);
    write_head(&out, picture, height);
    for (size_t k = 0; k < picture->n_panels; k++)
        write_panel(&out, &panels[k], ends_axis(picture, k));
    curve_text_add(&out, "</svg>\n");
    free(panels);
    if (out.failed) {
        free(out.text);
        return NULL;
    }
    *length = out.used;
    return out.text;
}
