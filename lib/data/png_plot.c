/* png_plot.c - a recurrence plot as a PNG file: checks, libpng, the order of lines. */
#include "data/png_plot.h"

#include <inttypes.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/plot_axes.h"
#include "data/plot_font.h"
#include "data/plot_raster.h"

enum { MIN_PIXELS = 16, MAX_PIXELS = 20000, MAX_LABEL = 200 };

/* Beyond these the numbers at the axes could leave the range of double. */
#define MIN_PERIOD 1e-100
#define MAX_PERIOD 1e100

/* Everything one picture needs. It outlives longjmp(), which locals need not. */
typedef struct picture {
    rqa__plot_raster raster;
    rqa__plot_axes axes;
    rqa__draft draft;
    png_structp png;
    png_infop info;
    uint8_t *grey; /* one line of pixels */
    int status;    /* why libpng was made to give up; its text is set */
} picture;

static int check_label(const char *name, const char *label)
{
    size_t n = label ? strlen(label) : 0;
    if (n > MAX_LABEL)
        return rqa__fail(RQA_ERROR_VALUE, "%s has %zu characters; at most %d are allowed", name, n,
                         MAX_LABEL);
    for (size_t k = 0; k < n; k++)
        if (label[k] < RQA__FONT_FIRST || label[k] > RQA__FONT_LAST)
            return rqa__fail(RQA_ERROR_VALUE,
                             "%s has the byte 0x%02x at position %zu; only printable ASCII can be "
                             "drawn",
                             name, (unsigned)(unsigned char)label[k], k);
    return RQA_OK;
}

static int check_options(const rqa_png_options *options)
{
    if (options->max_pixels < MIN_PIXELS || options->max_pixels > MAX_PIXELS)
        return rqa__fail(RQA_ERROR_VALUE, "max_pixels is %" PRIu32 "; %d..%d are allowed",
                         options->max_pixels, MIN_PIXELS, MAX_PIXELS);
    double period = options->sample_period;
    if (period != 0.0 && !(period >= MIN_PERIOD && period <= MAX_PERIOD))
        return rqa__fail(RQA_ERROR_VALUE, "sample_period is %s; 0 or %s..%s are allowed",
                         rqa__shortest(period).text, rqa__shortest(MIN_PERIOD).text,
                         rqa__shortest(MAX_PERIOD).text);
    int status = check_label("x_label", options->x_label);
    return status ? status : check_label("y_label", options->y_label);
}

static void PNGCBAPI on_error(png_structp png, png_const_charp text)
{
    picture *p = png_get_error_ptr(png);
    if (!p->status)
        p->status = rqa__fail(RQA_ERROR_INTERNAL, "libpng: %s", text);
    png_longjmp(png, 1);
}

/* The default handler would print. */
static void PNGCBAPI on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static png_voidp PNGCBAPI on_allocate(png_structp png, png_alloc_size_t n_bytes)
{
    picture *p = png_get_mem_ptr(png);
    void *block = rqa__alloc(n_bytes);
    if (!block)
        p->status = rqa__fail_memory("the PNG");
    return block;
}

static void PNGCBAPI on_release(png_structp png, png_voidp block)
{
    (void)png;
    rqa__free(block);
}

static void PNGCBAPI on_write(png_structp png, png_bytep bytes, size_t n)
{
    picture *p = png_get_io_ptr(png);
    p->status = rqa__draft_write(&p->draft, bytes, n);
    if (p->status)
        png_error(png, "write");
}

static void PNGCBAPI on_flush(png_structp png)
{
    (void)png;
}

static void draw_line(picture *p, size_t y)
{
    memset(p->grey, RQA__WHITE, p->axes.width);
    if (y >= p->axes.plot_y && y - p->axes.plot_y < p->raster.height)
        rqa__plot_raster_line(&p->raster, y - p->axes.plot_y, p->grey + p->axes.plot_x);
    rqa__plot_axes_line(&p->axes, y, p->grey);
}

/* Runs under setjmp(): any libpng call may leave it. */
static void encode_lines(picture *p)
{
    png_set_write_fn(p->png, p, on_write, on_flush);
    /* A plot that is not reduced has two levels only: an eighth of the work. */
    int depth = p->raster.block == 1 && !p->raster.shades ? 1 : 8;
    png_set_IHDR(p->png, p->info, (png_uint_32)p->axes.width, (png_uint_32)p->axes.height, depth,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    /* Filters serve smooth shades; dots only get larger by them. */
    png_set_filter(p->png, PNG_FILTER_TYPE_BASE,
                   p->raster.shades ? PNG_ALL_FILTERS : PNG_FILTER_NONE);
    png_write_info(p->png, p->info);
    if (depth == 1)
        png_set_packing(p->png);
    for (size_t y = 0; y < p->axes.height; y++) {
        draw_line(p, y);
        png_write_row(p->png, p->grey);
    }
    png_write_end(p->png, p->info);
}

static int encode(picture *p)
{
    p->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, p, on_error, on_warning, p,
                                       on_allocate, on_release);
    p->info = p->png ? png_create_info_struct(p->png) : NULL;
    if (!p->info && !p->status)
        p->status = rqa__fail(RQA_ERROR_INTERNAL, "libpng: cannot start");
    else if (p->info && setjmp(png_jmpbuf(p->png)) == 0)
        encode_lines(p);
    png_destroy_write_struct(&p->png, &p->info);
    return p->status;
}

static int write_file(picture *p, const char *path, const rqa_png_options *options)
{
    rqa__plot_axes_lay_out(&p->axes, &p->raster, options);
    p->grey = rqa__alloc(p->axes.width);
    int status = p->grey ? rqa__draft_open(&p->draft, path, options->overwrite)
                         : rqa__fail_memory("the plot");
    if (!status) {
        status = encode(p);
        if (status)
            rqa__draft_discard(&p->draft);
        else
            status = rqa__draft_commit(&p->draft);
    }
    rqa__free(p->grey);
    return status;
}

/* What a picture is of: one of them. */
typedef struct subject {
    const struct rqa_matrix *matrix;
    const rqa__block_counts *counts;
    const rqa__block_shades *shades;
} subject;

static int open_raster(rqa__plot_raster *raster, const subject *of, const rqa_png_options *options)
{
    const int enlarge = options->frame != 0;
    if (of->counts)
        return rqa__plot_raster_open_counts(raster, of->counts, options->max_pixels);
    if (of->shades)
        return rqa__plot_raster_open_shades(raster, of->shades, options->max_pixels, enlarge);
    return rqa__plot_raster_open(raster, of->matrix, options->max_pixels, enlarge);
}

static int draw(subject of, const char *path, const rqa_png_options *options)
{
    picture *p = rqa__calloc(1, sizeof *p);
    if (!p)
        return rqa__fail_memory("the plot");
    int status = open_raster(&p->raster, &of, options);
    if (!status) {
        status = write_file(p, path, options);
        rqa__plot_raster_close(&p->raster);
    }
    rqa__free(p);
    return status;
}

int rqa__png_plot_check(const char *path, const rqa_png_options *options)
{
    rqa__draft draft;
    int status = check_options(options);
    if (!status)
        status = rqa__draft_open(&draft, path, options->overwrite);
    if (!status)
        rqa__draft_discard(&draft);
    return status;
}

int rqa__png_plot_write(const struct rqa_matrix *matrix, const char *path,
                        const rqa_png_options *options)
{
    int status = check_options(options);
    return status ? status : draw((subject){.matrix = matrix}, path, options);
}

int rqa__png_plot_write_counts(const rqa__block_counts *counts, const char *path,
                               const rqa_png_options *options)
{
    return draw((subject){.counts = counts}, path, options);
}

int rqa__png_plot_write_shades(const rqa__block_shades *shades, const char *path,
                               const rqa_png_options *options)
{
    return draw((subject){.shades = shades}, path, options);
}
