/* plot_axes.c - what surrounds a plot: frame, ticks, numbers, labels; drawn line by line. */
#include "data/plot_axes.h"

#include <string.h>

#include "data/plot_font.h"

/* Distances in font dots. */
enum {
    PAD = 4,
    TICK = 4,
    TICK_GAP = 3,    /* tick to its number */
    LABEL_GAP = 5,   /* numbers to the label */
    SCALE_GAP = 8,   /* plot to the scale of distances */
    SCALE_WIDTH = 8,
    SPACING = 50,    /* least distance of ticks */
    DOT_PIXELS = 500 /* a plot of this many pixels more gets dots one pixel larger */
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t text_length(const rqa__plot_axes *axes, const char *text)
{
    return strlen(text) * RQA__FONT_ADVANCE * axes->dot;
}

static void add_bar(rqa__plot_axes *axes, size_t x, size_t y, size_t width, size_t height)
{
    axes->bar[axes->n_bars++] = (rqa__plot_bar){x, y, width, height};
}

static void add_text(rqa__plot_axes *axes, const char *text, size_t x, size_t y, int rotated)
{
    axes->text[axes->n_texts++] = (rqa__plot_text){text, x, y, text_length(axes, text), rotated};
}

/* Where something of `length` starts that is centred on `centre`, but not before `first`. */
static size_t centred(size_t centre, size_t length, size_t first)
{
    return centre > first + length / 2 ? centre - length / 2 : first;
}

static size_t widest(const rqa__plot_axes *axes, const rqa__tick *tick, size_t n)
{
    size_t length = 0;
    for (size_t k = 0; k < n; k++)
        length = larger(length, text_length(axes, tick[k].text));
    return length;
}

static void add_frame(rqa__plot_axes *axes, rqa__plot_bar around)
{
    size_t dot = axes->dot;
    size_t left = around.x - dot;
    size_t top = around.y - dot;
    add_bar(axes, left, top, around.width + 2 * dot, dot);
    add_bar(axes, left, around.y + around.height, around.width + 2 * dot, dot);
    add_bar(axes, left, top, dot, around.height + 2 * dot);
    add_bar(axes, around.x + around.width, top, dot, around.height + 2 * dot);
}

/* Beside the plot, as high as it is: the shades, their distances and what they are. */
static void add_scale(rqa__plot_axes *axes, const rqa__plot_raster *raster)
{
    static const char label[] = "distance";
    const size_t dot = axes->dot, height = raster->height;
    const double top = raster->shades->top;
    if (!(top > 0) || height < 2)
        return;
    axes->scale = (rqa__plot_bar){axes->plot_x + raster->width + SCALE_GAP * dot, axes->plot_y,
                                  SCALE_WIDTH * dot, height};
    add_frame(axes, axes->scale);
    const rqa__axis axis = {.n_cells = height,
                            .pixels_per_cell = 1,
                            .period = top / (double)(height - 1),
                            .spacing = SPACING * dot};
    const size_t n = rqa__ticks_place(&axis, axes->scale_tick);
    const size_t right = axes->scale.x + axes->scale.width + dot;
    const size_t text_x = right + (TICK + TICK_GAP) * dot;
    for (size_t k = 0; k < n; k++) {
        size_t y = axes->plot_y + height - 1 - axes->scale_tick[k].pixel;
        add_bar(axes, right, y - dot / 2, TICK * dot, dot);
        add_text(axes, axes->scale_tick[k].text, text_x, y - RQA__FONT_CAPITAL * dot / 2, 0);
    }
    const size_t label_x = text_x + widest(axes, axes->scale_tick, n) + LABEL_GAP * dot;
    const size_t start = centred(axes->plot_y + height / 2, text_length(axes, label), PAD * dot);
    add_text(axes, label, label_x, start, 1);
    axes->width = larger(axes->width, label_x + (RQA__FONT_HEIGHT + PAD) * dot);
    axes->height = larger(axes->height, start + text_length(axes, label) + PAD * dot);
}

static void add_x_axis(rqa__plot_axes *axes, const rqa__plot_raster *raster, size_t n_ticks,
                       const char *label)
{
    size_t dot = axes->dot;
    size_t y = axes->plot_y + raster->height + dot;
    size_t number_y = y + (TICK + TICK_GAP) * dot;
    axes->width = axes->plot_x + raster->width + (1 + PAD) * dot;
    for (size_t k = 0; k < n_ticks; k++) {
        size_t x = axes->plot_x + axes->x_tick[k].pixel;
        size_t length = text_length(axes, axes->x_tick[k].text);
        size_t start = centred(x, length - dot, 0);
        add_bar(axes, x - dot / 2, y, dot, TICK * dot);
        add_text(axes, axes->x_tick[k].text, start, number_y, 0);
        axes->width = larger(axes->width, start + length + PAD * dot);
    }
    size_t bottom = number_y + RQA__FONT_CAPITAL * dot;
    if (label) {
        size_t start =
            centred(axes->plot_x + raster->width / 2, text_length(axes, label), PAD * dot);
        add_text(axes, label, start, bottom + LABEL_GAP * dot, 0);
        axes->width = larger(axes->width, start + text_length(axes, label) + PAD * dot);
        bottom += (LABEL_GAP + RQA__FONT_HEIGHT) * dot;
    }
    axes->height = bottom + PAD * dot;
}

static void add_y_axis(rqa__plot_axes *axes, const rqa__plot_raster *raster, size_t n_ticks,
                       const char *label)
{
    size_t dot = axes->dot;
    size_t x = axes->plot_x - (1 + TICK) * dot;
    for (size_t k = 0; k < n_ticks; k++) {
        size_t y = axes->plot_y + raster->height - 1 - axes->y_tick[k].pixel;
        size_t length = text_length(axes, axes->y_tick[k].text) - dot;
        add_bar(axes, x, y - dot / 2, TICK * dot, dot);
        add_text(axes, axes->y_tick[k].text, x - TICK_GAP * dot - length,
                 y - RQA__FONT_CAPITAL * dot / 2, 0);
    }
    if (label) {
        size_t start =
            centred(axes->plot_y + raster->height / 2, text_length(axes, label), PAD * dot);
        add_text(axes, label, PAD * dot, start, 1);
        axes->height = larger(axes->height, start + text_length(axes, label) + PAD * dot);
    }
}

static int is_given(const char *label)
{
    return label && label[0] != '\0';
}

void rqa__plot_axes_lay_out(rqa__plot_axes *axes, const rqa__plot_raster *raster,
                            const rqa_png_options *options)
{
    *axes = (rqa__plot_axes){.width = raster->width, .height = raster->height};
    if (!options->frame)
        return;
    size_t longest = larger(raster->width, raster->height);
    size_t dot = larger(1, (longest + DOT_PIXELS / 2) / DOT_PIXELS);
    axes->dot = dot;
    rqa__axis axis = {
        .n_cells = raster->n_rows,
        .pixels_per_cell = (double)raster->zoom / (double)raster->block,
        .period = options->sample_period > 0.0 ? options->sample_period : 1.0,
        .spacing = SPACING * dot,
        .pixels_per_character = 0,
    };
    size_t n_y = rqa__ticks_place(&axis, axes->y_tick);
    axis.n_cells = raster->n_columns;
    axis.pixels_per_character = RQA__FONT_ADVANCE * dot;
    size_t n_x = rqa__ticks_place(&axis, axes->x_tick);

    const char *x_label = is_given(options->x_label) ? options->x_label : NULL;
    const char *y_label = is_given(options->y_label) ? options->y_label : NULL;
    size_t label_room = y_label ? (RQA__FONT_HEIGHT + LABEL_GAP) * dot : 0;
    axes->plot_x = (PAD + TICK_GAP + TICK + 1) * dot + label_room + widest(axes, axes->y_tick, n_y);
    axes->plot_y = (PAD + 1) * dot;
    add_frame(axes, (rqa__plot_bar){axes->plot_x, axes->plot_y, raster->width, raster->height});
    add_x_axis(axes, raster, n_x, x_label);
    add_y_axis(axes, raster, n_y, y_label);
    if (raster->shades)
        add_scale(axes, raster);
}

static int has_dot(char character, size_t column, size_t row)
{
    return column < RQA__FONT_WIDTH && row < RQA__FONT_HEIGHT &&
           rqa__font_glyph(character)[row] >> (RQA__FONT_WIDTH - 1 - column) & 1;
}

static void draw_level_text(const rqa__plot_text *text, size_t dot, size_t row, uint8_t *grey)
{
    for (size_t k = 0; k < text->length / dot; k++)
        if (has_dot(text->text[k / RQA__FONT_ADVANCE], k % RQA__FONT_ADVANCE, row))
            memset(grey + text->x + k * dot, RQA__BLACK, dot);
}

/* One line of the picture crosses a rotated text in a single column of dots. */
static void draw_rotated_text(const rqa__plot_text *text, size_t dot, size_t along, uint8_t *grey)
{
    for (size_t row = 0; row < RQA__FONT_HEIGHT; row++)
        if (has_dot(text->text[along / RQA__FONT_ADVANCE], along % RQA__FONT_ADVANCE, row))
            memset(grey + text->x + row * dot, RQA__BLACK, dot);
}

/* The lowest line of the scale is distance 0. */
static void draw_scale(const rqa__plot_bar *scale, size_t y, uint8_t *grey)
{
    if (scale->width == 0 || y < scale->y || y - scale->y >= scale->height)
        return;
    const size_t range = RQA__SHADE_FAR - RQA__SHADE_NEAR, steps = scale->height - 1;
    const size_t up = steps - (y - scale->y);
    memset(grey + scale->x, (int)(RQA__SHADE_NEAR + (range * up + steps / 2) / steps), scale->width);
}

void rqa__plot_axes_line(const rqa__plot_axes *axes, size_t y, uint8_t *grey)
{
    draw_scale(&axes->scale, y, grey);
    for (size_t k = 0; k < axes->n_bars; k++) {
        const rqa__plot_bar *bar = &axes->bar[k];
        if (y >= bar->y && y - bar->y < bar->height)
            memset(grey + bar->x, RQA__BLACK, bar->width);
    }
    for (size_t k = 0; k < axes->n_texts; k++) {
        const rqa__plot_text *text = &axes->text[k];
        size_t extent = text->rotated ? text->length : RQA__FONT_HEIGHT * axes->dot;
        if (y < text->y || y - text->y >= extent)
            continue;
        if (text->rotated)
            draw_rotated_text(text, axes->dot, (extent - 1 - (y - text->y)) / axes->dot, grey);
        else
            draw_level_text(text, axes->dot, (y - text->y) / axes->dot, grey);
    }
}
