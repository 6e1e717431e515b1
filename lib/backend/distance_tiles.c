/* distance_tiles.c - a pass over the distances of an auto-recurrence by tiles of 8 x 8 cells: bounding
 * boxes decide most tiles of smooth data as all up to the lower end of the band or all beyond the upper
 * one, the filter of 16 bits most cells of the others, and what is left has its value computed. The
 * filter is that of the engine of tiles, whose `sure` are the cells up to the lower end, and whose
 * cells in doubt those that may be up to the upper one. */
#include "backend/distance_tiles.h"

#include "backend/engine_tiles_state.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

enum {
    CHUNK_WORDS = 8, /* 64 tiles each, that are decided at once */
    CHUNK = 64 * CHUNK_WORDS,
    ROWS_OF_JOB = RQA__PASS_ROWS / 8
};

struct rqa__distance_tiles {
    rqa__tiles_run run; /* its field alone */
    rqa__tiles_call call;
    rqa__task task;
    size_t window;      /* cells less far from the main diagonal are left out */
    double ns;          /* what a pass is expected to take, the cells of its band apart */
    size_t n_edge;      /* tiles right of the main diagonal, and it, that hold any of these */
    uint16_t every[CHUNK];
};

typedef struct chunk {
    size_t row, first, n_words;
    uint64_t full[CHUNK_WORDS], open[CHUNK_WORDS];
    uint16_t tile[CHUNK], which[CHUNK + 1];
    uint64_t cells[CHUNK], doubt[CHUNK + 1];
    size_t n;       /* open tiles */
    int has_masked; /* some tile may have cells that are left out */
} chunk;

/* ---- cells that are left out ---- */

static uint64_t kept_cells(const struct rqa__distance_tiles *t, size_t row, size_t column)
{
    const uint8_t *absent = t->run.absent_y;
    return rqa__tiles_cells_beyond(column - row, t->window) &
           ~(rqa__tiles_in_every_column(absent[row]) | rqa__tiles_in_every_row(absent[column]));
}

/* ---- a chunk ---- */

static void count_below(rqa__pass_worker *w, uint64_t n)
{
    w->n_below += n;
    w->n_upto += n;
}

/* Counts the tiles that are full and lists those that are open; none before `begin`. */
static void take_decided(const rqa__search *s, rqa__pass_worker *w, chunk *c, size_t begin)
{
    const struct rqa__distance_tiles *t = s->tiles;
    const rqa__bits_kernels *bits = s->cells->bits;
    const rqa__tiles_run *run = &t->run;
    const size_t end = run->shape.n_rows - c->first, edge = c->row + t->n_edge;
    const uint8_t in_row = run->absent_x[c->row];
    c->n = 0;
    c->has_masked = 0;
    for (size_t k = 0; k < c->n_words; k++) {
        const uint64_t inside = rqa__tiles_bits_within(k, begin - c->first, end);
        const uint64_t at_edge =
            edge > c->first ? rqa__tiles_bits_within(k, 0, edge - c->first) & inside : 0;
        const uint64_t some = in_row ? ~UINT64_C(0) : run->some_absent[c->first / 64 + k];
        uint64_t full = c->full[k] & inside, open = c->open[k] & inside;
        uint64_t masked = full & (some | at_edge);
        c->has_masked |= (some | at_edge) != 0;
        c->full[k] = full & ~masked;
        for (; masked; masked &= masked - 1) {
            const size_t tile = 64 * k + (size_t)__builtin_ctzll(masked);
            count_below(w, (uint64_t)__builtin_popcountll(kept_cells(t, c->row, c->first + tile)));
        }
        for (; open; open &= open - 1)
            c->tile[c->n++] = (uint16_t)(64 * k + (size_t)__builtin_ctzll(open));
    }
    count_below(w, 64 * bits->count(c->full, c->n_words));
}

/* The cells in doubt of a tile, by the documented sum. */
static void take_doubts(rqa__search *s, rqa__pass_worker *w, size_t row, size_t column,
                        uint64_t doubt)
{
    double within[64 + 8];
    rqa__distance_band band = {.low = s->bound[0], .high = s->bound[1], .out = within};
    s->cells->distances->band(&s->space, 8 * column, 8 * row, doubt, &band);
    count_below(w, band.n_below);
    w->n_upto += band.n;
    rqa__take_distances(s, w, within, band.n);
}

static void take_open(rqa__search *s, rqa__pass_worker *w, chunk *c)
{
    const struct rqa__distance_tiles *t = s->tiles;
    const rqa__tiles_asked asked = {c->row, c->first, c->tile,  t->every,
                                    c->n,   c->cells, c->doubt, c->which};
    const size_t n_doubtful = t->call.kernels->cells(&t->run.distance[0].field, &asked);
    for (size_t k = 0; c->has_masked && k < c->n; k++)
        c->cells[k] &= kept_cells(t, c->row, c->first + c->tile[k]);
    count_below(w, s->cells->bits->count(c->cells, c->n));
    for (size_t k = 0; k < n_doubtful; k++) {
        const size_t column = c->first + c->tile[c->which[k]];
        const uint64_t kept = c->has_masked ? kept_cells(t, c->row, column) : ~UINT64_C(0);
        take_doubts(s, w, c->row, column, c->doubt[k] & kept);
    }
}

int rqa__distance_tiles_job(void *arg, size_t job, unsigned worker)
{
    rqa__search *s = arg;
    const struct rqa__distance_tiles *t = s->tiles;
    const size_t n = t->run.shape.n_rows, end = rqa__smaller((job + 1) * ROWS_OF_JOB, n);
    for (size_t row = job * ROWS_OF_JOB; row < end; row++) {
        const size_t begin = row + t->window / 8;
        for (size_t first = begin / 64 * 64; first < n; first += CHUNK) {
            chunk c;
            c.row = row;
            c.first = first;
            c.n_words = rqa__smaller(CHUNK_WORDS, (n - first + 63) / 64);
            const rqa__tiles_words words = {row, first, c.n_words, c.full, c.open};
            if (rqa__is_cancelled(s->cancel))
                return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
            t->call.kernels->decide(&t->run.distance[0].field, &words);
            take_decided(s, s->worker[worker], &c, begin > first ? begin : first);
            if (c.n > 0)
                take_open(s, s->worker[worker], &c);
        }
    }
    return RQA_OK;
}

/* ---- life ---- */

static int is_possible(const rqa__ranked_cells *c)
{
    return c->is_auto && c->bits->tiles &&
           (uint64_t)c->x->dims[0] * c->x->n_channels <= RQA__TILES_TERMS;
}

static void set_run(struct rqa__distance_tiles *t, const rqa__ranked_cells *c)
{
    t->task = rqa__ranked_task(c);
    t->call = (rqa__tiles_call){.task = &t->task, .kernels = c->bits->tiles};
    t->run.call = &t->call;
    t->run.task = &t->task;
    t->run.shape = rqa__tiles_shape_of(&t->task, 0, 1);
}

size_t rqa__distance_tiles_memory(const rqa__ranked_cells *cells)
{
    struct rqa__distance_tiles t = {.window = 0};
    if (!is_possible(cells))
        return 0;
    set_run(&t, cells);
    return sizeof t + rqa__tiles_lay_out_field(&t.run, NULL);
}

/* Nanoseconds of a cell in doubt, whose value is computed, and of 64 cells as rows of bits up to both ends;
 * what a tile takes the level's kernels say. */
static const struct {
    double doubt, rows, rows_term;
} cost = {10, 18, 2};

static int pays(const rqa__search *s, struct rqa__distance_tiles *t)
{
    const rqa__tiles_cost *tiles = &t->call.kernels->cost[0];
    const double terms = (double)t->run.distance[0].field.n_terms, n = (double)t->run.shape.n_x;
    const double n_tiles = n * n / 128, within = s->expected / n_tiles;
    const rqa__tiles_looks looks = rqa__tiles_look(&t->run);
    const double doubts = looks.doubts > within ? looks.doubts - within : 0;
    const double ns = tiles->tile + tiles->tile_term * terms +
                      looks.open * (tiles->open + tiles->open_term * terms) + cost.doubt * doubts;
    t->ns = n_tiles * ns;
    return s->cells->passes == RQA__PASSES_BY_TILES || ns <= cost.rows + cost.rows_term * terms;
}

double rqa__distance_tiles_rows_ns(const rqa__search *s)
{
    const rqa__side *x = s->cells->x;
    const double terms = (double)x->dims[0] * x->n_channels;
    const double n_cells = (double)s->n_x * (double)s->n_y / (s->cells->is_auto ? 2 : 1);
    return n_cells / 64 * (cost.rows + cost.rows_term * terms);
}

double rqa__distance_tiles_ns(const rqa__search *s)
{
    return s->tiles->ns;
}

int rqa__distance_tiles_open(rqa__search *s)
{
    const rqa__ranked_cells *c = s->cells;
    if (!is_possible(c) || c->passes == RQA__PASSES_BY_ROWS || s->bound[1] < RQA__TILES_LEAST ||
        s->bound[1] > RQA__TILES_MOST)
        return RQA_OK;
    struct rqa__distance_tiles *t = s->tiles = rqa__calloc(1, sizeof *t);
    if (!t)
        return rqa__fail_memory("a threshold from a recurrence rate");
    set_run(t, c);
    t->window = c->theiler > 1 ? (size_t)c->theiler : 1;
    t->n_edge = (t->window + 14) / 8;
    for (size_t k = 0; k < CHUNK; k++)
        t->every[k] = (uint16_t)k;
    t->run.distance[0].bound = s->bound[1];
    t->run.distance[0].sure_bound = s->bound[0] < 0 ? 0 : s->bound[0];
    t->run.memory = rqa__alloc_aligned(rqa__tiles_lay_out_field(&t->run, NULL));
    if (!t->run.memory)
        return rqa__fail_memory("a threshold from a recurrence rate");
    rqa__tiles_lay_out_field(&t->run, t->run.memory);
    if (!rqa__tiles_field_make(&t->run) || !pays(s, t))
        rqa__distance_tiles_close(s);
    return RQA_OK;
}

void rqa__distance_tiles_close(rqa__search *s)
{
    if (s->tiles)
        rqa__free_aligned(s->tiles->run.memory);
    rqa__free(s->tiles);
    s->tiles = NULL;
}
