/* test_png.c - pictures of matrices: every pixel of the plot, the frame, the file around it. */
#include <dirent.h>
#include <math.h>
#include <png.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "data/plot_ticks.h"
#include "failing_memory.h"
#include "support.h"

static rqa_context *context;
static char folder[64];
static char path[128];

static void setup(void)
{
    context = support_context(1);
    snprintf(folder, sizeof folder, "/tmp/rqa_test_png_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/plot.png", folder);
}

/* Number of entries in the folder: nothing but finished pictures may lie there. */
static int count_files(void)
{
    int n = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void teardown(void)
{
    rqa_context_destroy(context);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static rqa_png_options bare(uint32_t max_pixels)
{
    rqa_png_options options;
    rqa_png_options_init(&options);
    options.frame = 0;
    options.overwrite = 1;
    options.max_pixels = max_pixels;
    return options;
}

/* A matrix whose cells recur with probability p, the lower left corner denser. */
static rqa_matrix *draw_matrix(size_t n_rows, size_t n_columns, double p, uint8_t **cells)
{
    rng r = {n_rows * 1000 + n_columns};
    *cells = malloc(n_rows * n_columns);
    for (size_t j = 0; j < n_rows; j++)
        for (size_t i = 0; i < n_columns; i++)
            (*cells)[j * n_columns + i] = rng_uniform(&r) < (i + j < 20 ? .9 : p);
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, *cells, n_rows, n_columns, 0));
    return m;
}

/* Decoded picture; the caller frees grey. */
typedef struct image {
    size_t width;
    size_t height;
    uint8_t *grey;
} image;

static image read_image(void)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    ck_assert_msg(png_image_begin_read_from_file(&png, path), "%s", png.message);
    ck_assert_uint_eq(png.format, PNG_FORMAT_GRAY);
    image out = {png.width, png.height, malloc(PNG_IMAGE_SIZE(png))};
    ck_assert_msg(png_image_finish_read(&png, NULL, out.grey, 0, NULL), "%s", png.message);
    return out;
}

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Share of recurrent cells in the block of pixel (x, y), y upwards. */
static double share(const uint8_t *cells, size_t n_rows, size_t n_columns, size_t block, size_t x,
                    size_t y)
{
    size_t points = 0;
    size_t n = 0;
    for (size_t j = y * block; j < (y + 1) * block && j < n_rows; j++)
        for (size_t i = x * block; i < (x + 1) * block && i < n_columns; i++, n++)
            points += cells[j * n_columns + i];
    return (double)points / (double)n;
}

/* Reduced or not, every pixel is what the header promises, origin at the lower left. */
START_TEST(bare_pixels)
{
    static const struct {
        size_t n_rows, n_columns;
        uint32_t max_pixels;
        size_t block;
    } cases[] = {
        {16, 16, 16, 1},   {16, 16, 1200, 1},  {1, 1, 16, 1},
        {100, 70, 50, 2},  {33, 100, 33, 4},   {301, 5, 16, 19},
        {5, 1301, 16, 82}, {200, 333, 20, 17}, {64, 129, 128, 2},
    };
    rqa_png_options o = bare(cases[_i].max_pixels);
    size_t n_rows = cases[_i].n_rows;
    size_t n_columns = cases[_i].n_columns;
    size_t block = cases[_i].block;
    uint8_t *cells;
    rqa_matrix *m = draw_matrix(n_rows, n_columns, .2, &cells);
    ck_ok(rqa_matrix_write_png(m, path, &o));
    image got = read_image();
    ck_assert_uint_eq(got.width, divide_up(n_columns, block));
    ck_assert_uint_eq(got.height, divide_up(n_rows, block));
    double densest = 0;
    for (size_t y = 0; y < got.height; y++)
        for (size_t x = 0; x < got.width; x++)
            densest = fmax(densest, share(cells, n_rows, n_columns, block, x, y));
    for (size_t y = 0; y < got.height; y++)
        for (size_t x = 0; x < got.width; x++) {
            double ink = sqrt(share(cells, n_rows, n_columns, block, x, y) / densest);
            ck_assert_int_eq(got.grey[(got.height - 1 - y) * got.width + x],
                             255 - (int)lround(255 * ink));
        }
    free(got.grey);
    free(cells);
    rqa_matrix_destroy(m);
}
END_TEST

/* A matrix without a point is white, reduced too. */
START_TEST(empty_matrix)
{
    static const uint8_t cells[40 * 40];
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, cells, 40, 40, 0));
    rqa_png_options o = bare(16);
    ck_ok(rqa_matrix_write_png(m, path, &o));
    image got = read_image();
    for (size_t k = 0; k < got.width * got.height; k++)
        ck_assert_int_eq(got.grey[k], 255);
    free(got.grey);
    rqa_matrix_destroy(m);
}
END_TEST

/* The framed picture holds the plot, enlarged by a whole factor, inside a closed black line. */
START_TEST(framed_pixels)
{
    enum { ROWS = 20, COLUMNS = 30, ZOOM = 10 };
    uint8_t *cells;
    rqa_matrix *m = draw_matrix(ROWS, COLUMNS, .5, &cells);
    rqa_png_options o = bare(ZOOM * COLUMNS + 9);
    o.frame = 1;
    ck_ok(rqa_matrix_write_png(m, path, &o));
    image got = read_image();
    /* The frame is the first line with a black run as long as the plot and both borders. */
    size_t run = 0;
    size_t end = 0;
    while (end < got.width * got.height && run < ZOOM * COLUMNS + 2)
        run = got.grey[end++] == 0 ? run + 1 : 0;
    ck_assert_uint_eq(run, ZOOM * COLUMNS + 2);
    size_t left = (end - run) % got.width;
    size_t top = (end - run) / got.width;
    for (size_t y = 0; y < ZOOM * ROWS + 2; y++) {
        const uint8_t *line = got.grey + (top + y) * got.width + left;
        ck_assert_int_eq(line[0], 0);
        ck_assert_int_eq(line[ZOOM * COLUMNS + 1], 0);
        for (size_t x = 1; x <= ZOOM * COLUMNS; x++) {
            size_t j = ROWS - 1 - (y - 1) / ZOOM;
            int black = y == 0 || y == ZOOM * ROWS + 1 || cells[j * COLUMNS + (x - 1) / ZOOM];
            ck_assert_int_eq(line[x], black ? 0 : 255);
        }
    }
    free(got.grey);
    free(cells);
    rqa_matrix_destroy(m);
}
END_TEST

static size_t count_black(const image *picture, size_t x0, size_t x1, size_t y0, size_t y1)
{
    size_t n = 0;
    for (size_t y = y0; y < y1; y++)
        for (size_t x = x0; x < x1; x++)
            n += picture->grey[y * picture->width + x] == 0;
    return n;
}

/* Labels longer than the plot still fit; along y the same dots are turned to read upwards. */
START_TEST(labels)
{
    enum { MARGIN = 4, LENGTH = 200 * 6, HEIGHT = 9 };
    static const uint8_t cells[16 * 16];
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, cells, 16, 16, 0));
    char label[201];
    for (size_t k = 0; k < 200; k++)
        label[k] = "time of Lq [s] "[k % 15];
    label[200] = '\0';
    rqa_png_options o = bare(16);
    o.frame = 1;
    o.x_label = label;
    ck_ok(rqa_matrix_write_png(m, path, &o));
    image below = read_image();
    o.x_label = "";
    o.y_label = label;
    ck_ok(rqa_matrix_write_png(m, path, &o));
    image beside = read_image();
    ck_assert_uint_eq(below.width, LENGTH + 2 * MARGIN);
    ck_assert_uint_eq(beside.height, LENGTH + 2 * MARGIN);
    size_t n = 0;
    for (size_t t = 0; t < LENGTH; t++)
        for (size_t row = 0; row < HEIGHT; row++) {
            size_t y = below.height - MARGIN - HEIGHT + row;
            uint8_t level = below.grey[y * below.width + MARGIN + t];
            uint8_t turned = beside.grey[(MARGIN + LENGTH - 1 - t) * beside.width + MARGIN + row];
            ck_assert_int_eq(level, turned);
            n += level == 0;
            if (t % (15 * 6) == 8 * 6) /* the upright of the L is on its left */
                ck_assert_int_eq(level, row < 7 ? 0 : 255);
        }
    ck_assert_uint_gt(n, 200 * 5);
    free(below.grey);
    free(beside.grey);
    rqa_matrix_destroy(m);
}
END_TEST

/* All printable characters can be drawn, and no two look alike. */
START_TEST(font)
{
    static const uint8_t cells[1];
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, cells, 1, 1, 0));
    uint64_t seen[95];
    for (int character = 32; character < 127; character++) {
        rqa_png_options o = bare(16);
        char label[2] = {(char)character, '\0'};
        o.frame = 1;
        o.x_label = label;
        ck_ok(rqa_matrix_write_png(m, path, &o));
        image got = read_image();
        uint64_t hash = 1469598103934665603u; /* FNV-1a */
        for (size_t k = 0; k < got.width * got.height; k++)
            hash = (hash ^ got.grey[k]) * 1099511628211u;
        free(got.grey);
        seen[character - 32] = hash;
        for (int other = 32; other < character; other++)
            ck_assert_msg(seen[other - 32] != hash, "%c looks like %c", character, other);
    }
    rqa_matrix_destroy(m);
}
END_TEST

static void expect_ticks(rqa__axis axis, const char *expected)
{
    rqa__tick tick[RQA__MAX_TICKS];
    size_t n = rqa__ticks_place(&axis, tick);
    char text[1024] = "";
    for (size_t k = 0; k < n; k++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s@%zu", k ? " " : "", tick[k].text,
                 tick[k].pixel);
    }
    ck_assert_str_eq(text, expected);
}

/* Round numbers, written without the help of the locale. */
START_TEST(tick_texts)
{
    expect_ticks((rqa__axis){1, 16, 1, 50, 6}, "0@8");
    expect_ticks((rqa__axis){3, 100, 1, 50, 6}, "0@50 1@150 2@250");
    expect_ticks((rqa__axis){50, 10, 1, 100, 12}, "0@5 10@105 20@205 30@305 40@405");
    expect_ticks((rqa__axis){11, 100, .1, 200, 12},
                 "0@50 0.2@250 0.4@450 0.6@650 0.8@850 1.0@1050");
    expect_ticks((rqa__axis){101, 4, .01, 100, 12}, "0@2 0.5@202 1.0@402");
    expect_ticks((rqa__axis){2000000000, 1e-6, 1, 300, 12}, "0@0 500000000@500 1000000000@1000 "
                                                            "1500000000@1500");
    expect_ticks((rqa__axis){30, 10, 1e-9, 100, 12}, "0@5 1e-8@105 2e-8@205");
    expect_ticks((rqa__axis){30, 10, 1e20, 100, 12}, "0@5 1e21@105 2e21@205");
    expect_ticks((rqa__axis){30, 10, 1e-6, 100, 12}, "0@5 0.00002@205");
    /* Long texts need a wider step. */
    expect_ticks((rqa__axis){25, 10, 1000000, 60, 12}, "0@5 20000000@205");
}
END_TEST

START_TEST(ticks_never_collide)
{
    rng r = {99};
    for (int k = 0; k < 20000; k++) {
        rqa__axis axis = {.n_cells = 1 + (size_t)rng_below(&r, 1u << rng_below(&r, 31)),
                          .period = rng_below(&r, 2) ? 1 : pow(10, rng_uniform(&r) * 200 - 100),
                          .spacing = 50,
                          .pixels_per_character = 6};
        axis.pixels_per_cell = 100 + rng_uniform(&r) * 700;
        if (axis.n_cells > 1)
            axis.pixels_per_cell /= (double)axis.n_cells;
        rqa__tick tick[RQA__MAX_TICKS];
        size_t n = rqa__ticks_place(&axis, tick);
        ck_assert_uint_ge(n, 1);
        ck_assert_uint_le(n, RQA__MAX_TICKS);
        ck_assert((double)tick[n - 1].pixel < (double)axis.n_cells * axis.pixels_per_cell);
        for (size_t t = 1; t < n; t++) {
            size_t room = tick[t].pixel - tick[t - 1].pixel;
            ck_assert_uint_ge(room + 1, 50);
            ck_assert_uint_gt(2 * room, 6 * (strlen(tick[t].text) + strlen(tick[t - 1].text)));
        }
    }
}
END_TEST

/* Sizes and shapes at their extremes, under sanitizers above all. */
START_TEST(odd_shapes)
{
    static const struct {
        size_t n_rows, n_columns;
        uint32_t max_pixels;
        double period;
    } cases[] = {{1, 1, 16, 0},    {1, 3000, 100, .001},  {3000, 1, 100, 1 / 90.}, {2, 17, 16, 0},
                 {65, 64, 63, 12}, {700, 3, 1499, 1e100}, {50, 50, 2001, 1e-100},  {15, 16, 16, 3}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        uint8_t *cells;
        rqa_matrix *m = draw_matrix(cases[k].n_rows, cases[k].n_columns, .1, &cells);
        rqa_png_options o = bare(cases[k].max_pixels);
        o.frame = 1;
        o.sample_period = cases[k].period;
        o.x_label = "time of x [s]";
        o.y_label = "y";
        ck_ok(rqa_matrix_write_png(m, path, &o));
        image got = read_image();
        ck_assert_uint_gt(count_black(&got, 0, got.width, 0, got.height), 0);
        free(got.grey);
        free(cells);
        rqa_matrix_destroy(m);
    }
}
END_TEST

static rqa_matrix *small_matrix(void)
{
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, (const uint8_t[]){1, 0, 0, 1}, 2, 2, 0));
    return m;
}

START_TEST(arguments)
{
    rqa_matrix *m = small_matrix();
    ck_fails(rqa_matrix_write_png(NULL, path, NULL), RQA_ERROR_NULL, "matrix");
    ck_fails(rqa_matrix_write_png(m, NULL, NULL), RQA_ERROR_NULL, "path");
    ck_fails(rqa_matrix_write_png(m, "", NULL), RQA_ERROR_VALUE, "path|empty");
    const uint32_t sizes[] = {0, 15, 20001, UINT32_MAX};
    for (size_t k = 0; k < 4; k++) {
        rqa_png_options o = bare(sizes[k]);
        ck_fails(rqa_matrix_write_png(m, path, &o), RQA_ERROR_VALUE, "max_pixels|16..20000");
    }
    const double periods[] = {-1, NAN, INFINITY, 1e-320, 1e300};
    for (size_t k = 0; k < 5; k++) {
        rqa_png_options o = bare(16);
        o.sample_period = periods[k];
        ck_fails(rqa_matrix_write_png(m, path, &o), RQA_ERROR_VALUE, "sample_period");
    }
    rqa_png_options o = bare(16);
    o.x_label = "Zeit [\xc2\xb5s]";
    ck_fails(rqa_matrix_write_png(m, path, &o), RQA_ERROR_VALUE, "x_label|0xc2|position 6|ASCII");
    char label[202];
    memset(label, 'x', 201);
    label[201] = '\0';
    o = bare(16);
    o.y_label = label;
    ck_fails(rqa_matrix_write_png(m, path, &o), RQA_ERROR_VALUE, "y_label|201|200");
    o = bare(16);
    o.struct_size = 3;
    ck_fails(rqa_matrix_write_png(m, path, &o), RQA_ERROR_STRUCT_SIZE, "options|3");
    rqa_png_options_init(NULL);
    ck_assert_int_eq(count_files(), 0);
    rqa_matrix_destroy(m);
}
END_TEST

/* ---- the file ---- */

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void expect_text(const char *text)
{
    char got[64] = "";
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(got, 1, sizeof got - 1, file), 0);
    fclose(file);
    ck_assert_str_eq(got, text);
}

START_TEST(existing_files)
{
    rqa_matrix *m = small_matrix();
    write_text("precious");
    ck_fails(rqa_matrix_write_png(m, path, NULL), RQA_ERROR_IO, "plot.png|exists|overwrite");
    expect_text("precious");
    ck_assert_int_eq(count_files(), 1);
    rqa_png_options o = bare(16);
    ck_ok(rqa_matrix_write_png(m, path, &o));
    free(read_image().grey);
    ck_assert_int_eq(count_files(), 1);
    ck_assert_int_eq(unlink(path), 0);
    ck_ok(rqa_matrix_write_png(m, path, NULL));
    free(read_image().grey);
    ck_assert_int_eq(count_files(), 1);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_nlink, 1);
    rqa_matrix_destroy(m);
}
END_TEST

/* A file that appears while the picture is drawn is as safe as one that was there before. */
START_TEST(late_files)
{
    rqa__draft draft;
    ck_ok(rqa__draft_open(&draft, path, 0));
    ck_ok(rqa__draft_write(&draft, "picture", 7));
    write_text("precious");
    ck_fails(rqa__draft_commit(&draft), RQA_ERROR_IO, "plot.png|exists");
    expect_text("precious");
    ck_assert_int_eq(count_files(), 1);
    ck_ok(rqa__draft_open(&draft, path, 1));
    ck_ok(rqa__draft_write(&draft, "picture", 7));
    ck_ok(rqa__draft_commit(&draft));
    expect_text("picture");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(bad_targets)
{
    rqa_matrix *m = small_matrix();
    rqa_png_options o = bare(16);
    char bad[512];
    snprintf(bad, sizeof bad, "%s/none/plot.png", folder);
    ck_fails(rqa_matrix_write_png(m, bad, NULL), RQA_ERROR_IO, "none/plot.png|No such file");
    ck_fails(rqa_matrix_write_png(m, folder, NULL), RQA_ERROR_IO, "exists");
    ck_fails(rqa_matrix_write_png(m, folder, &o), RQA_ERROR_IO, "not a regular file");
    /* As root a rename would replace the device. */
    ck_fails(rqa_matrix_write_png(m, "/dev/null", &o), RQA_ERROR_IO, "/dev/null|regular file");
    size_t length = (size_t)snprintf(bad, sizeof bad, "%s/", folder);
    memset(bad + length, 'a', 300);
    bad[length + 300] = '\0';
    ck_fails(rqa_matrix_write_png(m, bad, NULL), RQA_ERROR_IO, "name too long");
    /* The longest name there may be leaves no room for a suffix, yet works. */
    bad[length + 255] = '\0';
    ck_ok(rqa_matrix_write_png(m, bad, NULL));
    ck_assert_int_eq(unlink(bad), 0);
    ck_assert_int_eq(count_files(), 0);
    rqa_matrix_destroy(m);
}
END_TEST

/* A disk that fills up: the error names the file, nothing is left, what was there stays. */
START_TEST(full_disk)
{
    uint8_t *cells;
    rqa_matrix *m = draw_matrix(300, 300, .5, &cells);
    write_text("precious");
    struct rlimit old;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit tight = {4096, old.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    rqa_png_options o = bare(300);
    rqa_status status = rqa_matrix_write_png(m, path, &o);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    ck_fails(status, RQA_ERROR_IO, "cannot write|plot.png|too large");
    expect_text("precious");
    ck_assert_int_eq(count_files(), 1);
    free(cells);
    rqa_matrix_destroy(m);
}
END_TEST

/* ---- allocation failure ---- */

START_TEST(allocation_failures)
{
    uint8_t *cells;
    rqa_matrix *m = draw_matrix(50, 50, .5, &cells);
    rqa_png_options o = bare(16);
    o.overwrite = 0;
    failing_memory_install();
    rqa_status status = RQA_ERROR_MEMORY;
    int n = 0;
    for (; status != RQA_OK && n < 100; n++) {
        failing_memory_grant(n);
        status = rqa_matrix_write_png(m, path, &o);
        ck_assert_int_eq(failing_memory_live(), 0);
        if (status) {
            ck_assert_msg(status == RQA_ERROR_MEMORY, "n = %d: %s", n, rqa_last_error());
            ck_assert_int_eq(count_files(), 0);
        }
    }
    failing_memory_remove();
    /* Picture, blocks, line, two names, and what libpng and zlib need. */
    ck_assert_int_gt(n, 5 + 3);
    ck_ok(status);
    free(read_image().grey);
    free(cells);
    rqa_matrix_destroy(m);
}
END_TEST

/* ---- without a matrix ---- */

static uint8_t *read_bytes(const char *file, size_t *n)
{
    FILE *stream = fopen(file, "rb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(fseek(stream, 0, SEEK_END), 0);
    *n = (size_t)ftell(stream);
    rewind(stream);
    uint8_t *bytes = malloc(*n + 1);
    ck_assert_uint_eq(fread(bytes, 1, *n, stream), *n);
    fclose(stream);
    return bytes;
}

/* The same file, byte for byte, whether there is a matrix or not. */
static void expect_same_file(const rqa_embedding *x, const rqa_embedding *y,
                             const rqa_analysis_options *o, const rqa_png_options *png,
                             const char *what)
{
    size_t n[2];
    uint8_t *bytes[2];
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_create(&matrix, x, y, o));
    ck_ok(rqa_matrix_write_png(matrix, path, png));
    bytes[0] = read_bytes(path, &n[0]);
    ck_ok(rqa_plot_write_png(path, x, y, o, png));
    bytes[1] = read_bytes(path, &n[1]);
    ck_assert_msg(n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0, "%s: files differ", what);
    ck_assert_int_eq(count_files(), 1);
    free(bytes[0]);
    free(bytes[1]);
    rqa_matrix_destroy(matrix);
}

static rqa_embedding *random_embedding(rng *r, rqa_context *owner, size_t n, uint32_t dim,
                                       size_t n_channels)
{
    rqa_series_options o;
    rqa_series *series;
    rqa_embedding *embedding;
    double *value = malloc(n * n_channels * sizeof *value);
    const int dwells = rng_below(r, 2) == 0;
    for (size_t k = 0; k < n * n_channels; k++) {
        value[k] = dwells && k >= n_channels ? value[k - n_channels] + .1 * rng_gauss(r) : rng_gauss(r);
        value[k] = rng_below(r, 400) == 0 ? NAN : value[k];
    }
    for (size_t k = n_channels; dwells && k < n * n_channels; k++)
        value[k] = isnan(value[k]) && rng_below(r, 2) ? 0 : value[k];
    rqa_series_options_init(&o);
    o.missing = RQA_MISSING_SKIP;
    ck_ok(rqa_series_create(&series, owner, value, n, n_channels, &o));
    free(value);
    ck_ok(rqa_embedding_create(&embedding, series, dim, 1 + (uint32_t)rng_below(r, 9)));
    rqa_series_destroy(series);
    return embedding;
}

START_TEST(plots_equal_matrices)
{
    rng r = {(uint64_t)_i + 100};
    rqa_context *owner = support_context(1 + (uint32_t)_i % 3);
    for (int k = 0; k < 40; k++) {
        char what[160];
        const int32_t relation = (int32_t)rng_below(&r, 3);
        const uint32_t dim = 1 + (uint32_t)rng_below(&r, 4);
        const size_t n = 60 + rng_below(&r, rng_below(&r, 8) ? 300 : 2000), n_channels = 1 + rng_below(&r, 2);
        rqa_analysis_options o = support_options(0, (int32_t)rng_below(&r, 3), 2.5 * rng_uniform(&r));
        rqa_png_options png = bare(16 + (uint32_t)rng_below(&r, rng_below(&r, 3) ? 90 : 700));
        rqa_embedding *x = random_embedding(&r, owner, n, dim, n_channels), *y = NULL;
        o.relation = relation;
        o.threshold_unit = (int32_t)rng_below(&r, 2);
        png.frame = (int32_t)rng_below(&r, 2);
        if (relation == RQA_RELATION_CROSS)
            y = random_embedding(&r, owner, 60 + rng_below(&r, 300), dim, n_channels);
        while (relation == RQA_RELATION_JOINT &&
               (!y || rqa_embedding_n_vectors(y) != rqa_embedding_n_vectors(x))) {
            rqa_embedding_destroy(y);
            y = random_embedding(&r, owner, n + rng_below(&r, 9), dim, 1);
        }
        snprintf(what, sizeof what, "seed %d.%d: relation %d, norm %d, %zu vectors in %u pixels", _i, k,
                 (int)relation, (int)o.norm, rqa_embedding_n_vectors(x), png.max_pixels);
        expect_same_file(x, y, &o, &png, what);
        rqa_embedding_destroy(x);
        rqa_embedding_destroy(y);
    }
    rqa_context_destroy(owner);
}
END_TEST

/* More cells than memory may hold, and what is refused before the work. */
START_TEST(plot_of_any_length)
{
    enum { LONG = 60000 };
    rqa_context_options options;
    rqa_context *small = NULL;
    rqa_matrix *matrix = NULL;
    rng r = {3};
    rqa_context_options_init(&options);
    options.memory_limit_bytes = 8000000;
    ck_ok(rqa_context_create(&small, &options));
    rqa_embedding *x = random_embedding(&r, small, LONG, 2, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .1);
    rqa_png_options png = bare(400);
    ck_fails(rqa_matrix_create(&matrix, x, NULL, &o), RQA_ERROR_MEMORY_LIMIT, "a recurrence matrix");
    ck_ok(rqa_plot_write_png(path, x, NULL, &o, &png));
    image picture = read_image();
    ck_assert_uint_eq(picture.width, 400);
    ck_assert_uint_eq(picture.height, 400);
    for (size_t k = 0; k < 400; k++) { /* the main diagonal, and the two sides of it */
        ck_assert_uint_lt(picture.grey[(399 - k) * 400 + k], 255);
        for (size_t j = 0; j < k; j++)
            ck_assert_uint_eq(picture.grey[(399 - k) * 400 + j], picture.grey[(399 - j) * 400 + k]);
    }
    free(picture.grey);
    png.overwrite = 0;
    ck_fails(rqa_plot_write_png(path, x, NULL, &o, &png), RQA_ERROR_IO, path);
    png.max_pixels = 5000;
    png.overwrite = 1;
    ck_fails(rqa_plot_write_png(path, x, NULL, &o, &png), RQA_ERROR_MEMORY_LIMIT,
             "a plot of 59|blocks of 12 x 12|8000000");
    ck_fails(rqa_plot_write_png("/nowhere/at/all.png", x, NULL, &o, NULL), RQA_ERROR_IO, "/nowhere");
    ck_assert_int_eq(count_files(), 1);
    rqa_embedding_destroy(x);
    rqa_context_destroy(small);
}
END_TEST

/* The mean distance in the block of pixel (b, line), line upwards; NaN without any. */
static double mean_distance(const double *cells, size_t n_rows, size_t n_columns, size_t block, size_t b,
                            size_t line)
{
    double sum = 0;
    size_t n = 0;
    for (size_t j = line * block; j < (line + 1) * block && j < n_rows; j++)
        for (size_t i = b * block; i < (b + 1) * block && i < n_columns; i++) {
            const double d = cells[j * n_columns + i];
            n += !isnan(d);
            sum += isnan(d) ? 0 : d;
        }
    return n ? sum / (double)n : NAN;
}

/* Every pixel, from the distances themselves: 0 black, the largest mean 239, none white. */
static void expect_distances(const rqa_embedding *x, const rqa_embedding *y,
                             const rqa_analysis_options *o, const rqa_png_options *png)
{
    const size_t n_columns = rqa_embedding_n_vectors(x), n_rows = rqa_embedding_n_vectors(y ? y : x);
    const size_t longest = n_rows > n_columns ? n_rows : n_columns;
    const size_t block = divide_up(longest, png->max_pixels);
    const size_t width = divide_up(n_columns, block), height = divide_up(n_rows, block);
    double *cells = malloc(n_rows * n_columns * sizeof *cells), top = 0;
    ck_ok(rqa_distance_rows(cells, 0, x, y, o, 0, n_rows));
    for (size_t line = 0; line < height; line++)
        for (size_t b = 0; b < width; b++)
            top = fmax(top, mean_distance(cells, n_rows, n_columns, block, b, line));
    ck_ok(rqa_distance_plot_write_png(path, x, y, o, png));
    const image picture = read_image();
    ck_assert_uint_eq(picture.width, width);
    ck_assert_uint_eq(picture.height, height);
    for (size_t line = 0; line < height; line++)
        for (size_t b = 0; b < width; b++) {
            const double mean = mean_distance(cells, n_rows, n_columns, block, b, line);
            const int grey = picture.grey[(height - 1 - line) * width + b];
            /* Another order of summing may fall on the other side of a half. */
            if (isnan(mean))
                ck_assert_int_eq(grey, 255);
            else
                ck_assert_msg(fabs(grey - 239 * mean / top) <= .5 + 1e-6, "(%zu, %zu): %d for %g of %g",
                              b, line, grey, mean, top);
        }
    free(picture.grey);
    free(cells);
}

START_TEST(pictures_of_distances)
{
    rng r = {(uint64_t)_i + 300};
    rqa_context *owner = support_context(1 + (uint32_t)_i % 3);
    for (int k = 0; k < 12; k++) {
        const uint32_t dim = 1 + (uint32_t)rng_below(&r, 4);
        const size_t n_channels = 1 + rng_below(&r, 2);
        rqa_analysis_options o = support_options(0, (int32_t)rng_below(&r, 3), 0);
        const rqa_png_options png = bare(16 + (uint32_t)rng_below(&r, 700));
        rqa_embedding *y = NULL,
                      *x = random_embedding(&r, owner, 60 + rng_below(&r, 1500), dim, n_channels);
        if (rng_below(&r, 2))
            y = random_embedding(&r, owner, 60 + rng_below(&r, 300), dim, n_channels);
        expect_distances(x, y, &o, &png);
        rqa_embedding_destroy(x);
        rqa_embedding_destroy(y);
    }
    rqa_context_destroy(owner);
}
END_TEST

/* Beside the plot the scale goes from black, 0, up to 239; without a frame, and where nothing is apart,
 * there is none. What no pair has is refused before the work. */
START_TEST(scale_of_distances)
{
    enum { N = 60, FLAT = 5 };
    double value[N], flat[FLAT] = {3, 3, 3, 3, 3};
    for (int i = 0; i < N; i++)
        value[i] = 1e200 * i;
    rqa_series *series = support_series(context, value, N, 1), *even = support_series(context, flat, FLAT, 1);
    rqa_embedding *x = support_embedding(series, 1, 1), *same = support_embedding(even, 1, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 0);
    rqa_png_options png = bare(300);
    png.frame = 1;
    ck_ok(rqa_distance_plot_write_png(path, x, NULL, &o, &png));
    const image picture = read_image();
    ck_assert_uint_gt(picture.width, 300 + 40);
    size_t n_rising = 0;
    for (size_t i = 300; i < picture.width; i++) { /* columns of the scale: all shades, from below */
        int up = 0, shade = -1;
        for (size_t j = picture.height; j-- > 0;) {
            const int grey = picture.grey[j * picture.width + i];
            if (grey == shade + 1)
                shade = grey, up++;
        }
        n_rising += up == 240 && shade == 239;
    }
    ck_assert_uint_ge(n_rising, 8);
    free(picture.grey);
    ck_ok(rqa_distance_plot_write_png(path, same, NULL, &o, &png));
    const image black = read_image();
    ck_assert_uint_lt(black.width, 300 + 80);
    ck_assert_int_eq(black.grey[50 * black.width + 100], 0);
    free(black.grey);
    o.relation = RQA_RELATION_JOINT;
    ck_fails(rqa_distance_plot_write_png(path, x, x, &o, &png), RQA_ERROR_UNSUPPORTED, "joint");
    png.overwrite = 0;
    ck_fails(rqa_distance_plot_write_png(path, x, NULL, NULL, &png), RQA_ERROR_IO, path);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(same);
    rqa_series_destroy(series);
    rqa_series_destroy(even);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("png");
    TCase *tcase = tcase_create("png");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, bare_pixels, 0, 9);
    tcase_add_test(tcase, empty_matrix);
    tcase_add_test(tcase, framed_pixels);
    tcase_add_test(tcase, labels);
    tcase_add_test(tcase, font);
    tcase_add_test(tcase, tick_texts);
    tcase_add_test(tcase, ticks_never_collide);
    tcase_add_test(tcase, odd_shapes);
    tcase_add_test(tcase, arguments);
    tcase_add_test(tcase, existing_files);
    tcase_add_test(tcase, late_files);
    tcase_add_test(tcase, bad_targets);
    tcase_add_test(tcase, full_disk);
    tcase_add_test(tcase, allocation_failures);
    tcase_add_loop_test(tcase, plots_equal_matrices, 0, 6);
    tcase_add_test(tcase, plot_of_any_length);
    tcase_add_loop_test(tcase, pictures_of_distances, 0, 6);
    tcase_add_test(tcase, scale_of_distances);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
