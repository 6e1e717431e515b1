/* bench_kernels_bits.c - kernels of the single-analysis engine, on a tile of the Roessler matrix.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench_data.h"
#include "bench_kernels.h"

enum {
    WIDTH = 4096, /* offsets of the strip */
    WORDS = WIDTH / 64,
    STRIDE = WORDS + 8,
    ROWS = 64,
    PANEL = 1024, /* columns of the sums */
    TERMS = 3,
    LIMIT = 2 * WIDTH,
    BLANK = 128 /* elements around arrays that a kernel may read */
};

static const size_t delay = 6;
static const double threshold = 1.2;

struct bench_bits {
    const rqa__bits_kernels *kernels;
    uint16_t rank[WIDTH + BLANK];
    int16_t q[PANEL + BLANK];
    uint16_t sum[TERMS][PANEL];
    uint64_t tile[(ROWS + 1) * STRIDE]; /* the row before the first is the last: the tile repeats */
    uint64_t out[STRIDE];
    uint64_t maybe[STRIDE];
    uint16_t terms[PANEL];
    uint64_t scratch[RQA__BITS_SCRATCH(STRIDE)];
    uint32_t diagonal[WIDTH + BLANK];
    uint32_t column[WIDTH + ROWS + BLANK];
    uint32_t row[ROWS];
    uint8_t edge[ROWS];
    uint64_t hist_diagonal[2 * LIMIT];
    uint64_t hist_vertical[2 * LIMIT];
    uint64_t n_rare;
    uint64_t total;
    rqa__bits_block block;
};

static void fill_tile(bench_bits *s, const double *x)
{
    for (size_t r = 0; r < ROWS; r++)
        for (size_t d = 0; d < WIDTH; d++) {
            double most = 0.0;
            for (size_t k = 0; k < TERMS; k++)
                most = fmax(most, fabs(x[r + k * delay] - x[r + 1 + d + k * delay]));
            s->tile[(r + 1) * STRIDE + d / 64] |= (uint64_t)(most <= threshold) << d % 64;
        }
    memcpy(s->tile, s->tile + ROWS * STRIDE, WORDS * sizeof *s->tile);
}

bench_bits *bench_bits_create(void)
{
    bench_bits *s = bench_alloc(1, sizeof *s);
    const size_t n = WIDTH + ROWS + TERMS * delay + 2;
    double *x = bench_roessler(n);
    for (size_t k = 0; k < WIDTH; k++)
        s->rank[k] = (uint16_t)(32768.0 + 4000.0 * x[k]);
    for (size_t k = 0; k < PANEL; k++) {
        s->q[k] = (int16_t)(3000.0 * x[k]);
        for (size_t t = 0; t < TERMS; t++)
            s->sum[t][k] = (uint16_t)(1500.0 * fabs(x[k + t * delay] - x[t * delay]));
    }
    fill_tile(s, x);
    free(x);
    return s;
}

void bench_bits_use(bench_bits *state, const rqa__bits_kernels *kernels)
{
    state->kernels = kernels;
}

void bench_bits_free(bench_bits *state)
{
    free(state);
}

static void prepare_nothing(void *state)
{
    (void)state;
}

static uint64_t run_rank(void *state)
{
    bench_bits *s = state;
    s->kernels->rank_row(s->out, s->rank, WORDS, 30000, 9600, 0);
    return 0;
}

static uint64_t run_square(void *state)
{
    bench_bits *s = state;
    s->kernels->square_row(s->terms, s->q, PANEL / 64, 1000, 0, 0);
    return 0;
}

static uint64_t run_small_square(void *state)
{
    bench_bits *s = state;
    s->kernels->small_square_row(s->terms, s->q, PANEL / 64, 1000, 0, 0);
    return 0;
}

static uint64_t run_absolute(void *state)
{
    bench_bits *s = state;
    s->kernels->absolute_row(s->terms, s->q, PANEL / 64, 1000, 0, 0);
    return 0;
}

static uint64_t run_sum(void *state)
{
    bench_bits *s = state;
    const uint16_t *const rows[TERMS] = {s->sum[0], s->sum[1], s->sum[2]};
    s->total = s->kernels->sum_test(s->out, s->maybe, rows, TERMS, PANEL / 64, 3595, 3605);
    return 0;
}

static uint64_t run_and(void *state)
{
    bench_bits *s = state;
    const uint64_t *const rows[TERMS] = {s->tile, s->tile + STRIDE, s->tile + 2 * STRIDE};
    s->kernels->and_rows(s->out, rows, TERMS, WORDS);
    return 0;
}

static uint64_t run_count(void *state)
{
    bench_bits *s = state;
    s->total = s->kernels->count(s->tile, WORDS);
    return 0;
}

static uint64_t digest_out(const void *state)
{
    const bench_bits *s = state;
    return bench_digest_bytes(s->out, WORDS * sizeof *s->out);
}

static uint64_t digest_terms(const void *state)
{
    const bench_bits *s = state;
    return bench_digest_bytes(s->terms, sizeof s->terms);
}

static uint64_t digest_sum(const void *state)
{
    const bench_bits *s = state;
    return bench_digest_bytes(s->out, PANEL / 8) ^ bench_digest_bytes(s->maybe, PANEL / 8) ^
           s->total;
}

static uint64_t digest_count(const void *state)
{
    return ((const bench_bits *)state)->total;
}

static void on_rare(void *user, int kind, uint32_t index, uint32_t *run)
{
    (void)kind, (void)index, (void)run;
    ((bench_bits *)user)->n_rare++;
}

/* Runs under way as they would be just before the tile. */
static void prepare_block(bench_bits *s)
{
    const uint64_t *before = s->tile;
    s->block = (rqa__bits_block){.bits = s->tile + STRIDE,
                                 .stride = STRIDE,
                                 .n_words = WORDS,
                                 .n_rows = ROWS,
                                 .width = WIDTH,
                                 .first_row = ROWS,
                                 .first_end = 2 * ROWS,
                                 .hist_diagonal = s->hist_diagonal,
                                 .hist_vertical = s->hist_vertical,
                                 .limit = LIMIT,
                                 .rare = on_rare,
                                 .user = s,
                                 .scratch = s->scratch};
    memset(s->hist_diagonal, 0, sizeof s->hist_diagonal);
    memset(s->hist_vertical, 0, sizeof s->hist_vertical);
    memset(s->edge, 0, sizeof s->edge);
    for (size_t d = 0; d < WIDTH; d++)
        s->diagonal[d] = ROWS / 2 + (uint32_t)(before[d / 64] >> d % 64 & 1);
    for (size_t j = 0; j < WIDTH + ROWS; j++)
        s->column[j] = ROWS / 2;
    s->n_rare = 0;
}

static void prepare_diagonals(void *state)
{
    bench_bits *s = state;
    prepare_block(s);
    s->block.diagonal = s->diagonal;
}

static void prepare_all_lines(void *state)
{
    bench_bits *s = state;
    prepare_block(s);
    s->block.diagonal = s->diagonal;
    s->block.column = s->column;
    s->block.row = s->row;
    s->block.edge = s->edge;
}

/* The tile again, further down: runs under way stay in the past. */
static uint64_t run_lines(void *state)
{
    bench_bits *s = state;
    for (uint32_t r = 0; s->block.row && r < ROWS; r++)
        s->row[r] = 2 * (s->block.first_end + r + WIDTH);
    s->kernels->lines(&s->block);
    s->block.first_row += ROWS;
    s->block.first_end += ROWS;
    return 0;
}

static uint64_t digest_lines(const void *state)
{
    const bench_bits *s = state;
    return bench_digest_bytes(s->hist_diagonal, sizeof s->hist_diagonal) ^
           3 * bench_digest_bytes(s->hist_vertical, sizeof s->hist_vertical) ^ s->n_rare;
}

const bench_kernel *bench_bits_cases(unsigned *n)
{
    static const bench_kernel cases[] = {
        {"bits: rank_row", WIDTH, WIDTH, NULL, prepare_nothing, run_rank, digest_out},
        {"bits: square_row", PANEL, PANEL, NULL, prepare_nothing, run_square, digest_terms},
        {"bits: small_square_row", PANEL, PANEL, NULL, prepare_nothing, run_small_square,
         digest_terms},
        {"bits: absolute_row", PANEL, PANEL, NULL, prepare_nothing, run_absolute, digest_terms},
        {"bits: sum_test, 3 rows", PANEL, PANEL, NULL, prepare_nothing, run_sum, digest_sum},
        {"bits: and_rows, 3 rows", WIDTH, WIDTH, NULL, prepare_nothing, run_and, digest_out},
        {"bits: count", WIDTH, WIDTH, NULL, prepare_nothing, run_count, digest_count},
        {"bits: lines, diagonals", WIDTH, (double)WIDTH * ROWS, NULL, prepare_diagonals, run_lines,
         digest_lines},
        {"bits: lines, diagonals and verticals", WIDTH, (double)WIDTH * ROWS, NULL,
         prepare_all_lines, run_lines, digest_lines},
    };
    *n = sizeof cases / sizeof *cases;
    return cases;
}
