/* test_kernels_tiles.c - each kernel of the engine of tiles at each level against the reference:
 * exact equality on random tiles, and nothing written astray. */
#include <math.h>

#include "cpu/tiles_table.h"
#include "guarded.h"
#include "kernel_levels.h"

enum { MOST_TERMS = 7, TILES = 192, SAMPLES = 8 * TILES + 16 };

static const rqa__tiles_kernels *const ref = &rqa__tiles_ref;
static const rqa__tiles_kernels *level;
static rng r;

static void expect_equal(const guarded *got, const guarded *expected, const char *what)
{
    ck_assert_msg(guarded_is_whole(got) && guarded_is_whole(expected), "%s: written outside", what);
    ck_assert_msg(memcmp(got->data, expected->data, got->n_bytes) == 0, "%s: differs from ref",
                  what);
}

/* ---- fields ---- */

/* Of columns, and of rows. */
typedef struct random_side {
    guarded q[MOST_TERMS], low[MOST_TERMS], high[MOST_TERMS];
    const int16_t *q_of[MOST_TERMS], *low_of[MOST_TERMS], *high_of[MOST_TERMS];
} random_side;

typedef struct random_field {
    rqa__tiles_field field;
    random_side side[2];
} random_field;

/* The widest range, to both sides of 0, whose differences wrap to nothing that is up to hi. */
static int range_of(const rqa__tiles_field *f)
{
    const double most =
        f->kind == RQA__TILES_SQUARES ? sqrt(32768.0 * (double)f->hi + 16383) : (double)f->hi;
    return most >= 32767 ? 16383 : (int)((65535 - most) / 2);
}

/* Samples that drift, jump to the ends of the range, or are anything in it. */
static void fill(int16_t *q, size_t n, int range)
{
    const int16_t special[] = {(int16_t)range, (int16_t)-range, 0, 1, -1};
    int at = (int)rng_below(&r, 60000) - 30000;
    const unsigned step = 1 + (unsigned)rng_below(&r, rng_below(&r, 2) ? 20 : 3000);
    for (size_t i = 0; i < n; i++) {
        at += (int)rng_below(&r, 2 * step + 1) - (int)step;
        at = at > range ? range : at < -range ? -range : at;
        q[i] = rng_below(&r, 50) ? (int16_t)at : special[rng_below(&r, 5)];
    }
}

static void boxes_of(int16_t *low, int16_t *high, const int16_t *q)
{
    for (size_t b = 0; b < TILES; b++) {
        low[b] = high[b] = q[8 * b];
        for (size_t k = 1; k < 8; k++) {
            low[b] = q[8 * b + k] < low[b] ? q[8 * b + k] : low[b];
            high[b] = q[8 * b + k] > high[b] ? q[8 * b + k] : high[b];
        }
    }
}

static random_field make_field(void)
{
    random_field f = {.field = {.kind = (int)rng_below(&r, 3),
                                .n_terms = 1 + (size_t)rng_below(&r, MOST_TERMS)}};
    f.field.lo = (int32_t)rng_below(&r, rng_below(&r, 3) ? 32002 : 200) - 1;
    f.field.hi = (f.field.lo < 0 ? 0 : f.field.lo) + (int32_t)rng_below(&r, 40);
    if (rng_below(&r, 8) == 0)
        f.field.hi = 65535;
    for (size_t k = 0; k < 2 * f.field.n_terms; k++) {
        random_side *side = &f.side[k % 2];
        const size_t t = k / 2;
        side->q[t] = guarded_make(&r, SAMPLES, sizeof(int16_t));
        side->low[t] = guarded_make(&r, TILES, sizeof(int16_t));
        side->high[t] = guarded_make(&r, TILES, sizeof(int16_t));
        fill(side->q[t].data, SAMPLES, range_of(&f.field));
        boxes_of(side->low[t].data, side->high[t].data, side->q[t].data);
        side->q_of[t] = side->q[t].data;
        side->low_of[t] = side->low[t].data;
        side->high_of[t] = side->high[t].data;
    }
    return f;
}

static void field_free(random_field *f)
{
    for (size_t k = 0; k < 2 * f->field.n_terms; k++) {
        random_side *side = &f->side[k % 2];
        ck_assert(guarded_is_whole(&side->q[k / 2]));
        guarded_free(&side->q[k / 2]);
        guarded_free(&side->low[k / 2]);
        guarded_free(&side->high[k / 2]);
    }
}

static const rqa__tiles_field *pointed(random_field *f)
{
    f->field.q = f->side[0].q_of;
    f->field.low = f->side[0].low_of;
    f->field.high = f->side[0].high_of;
    f->field.row_q = f->side[1].q_of;
    f->field.row_low = f->side[1].low_of;
    f->field.row_high = f->side[1].high_of;
    return &f->field;
}

static void check_decide(void)
{
    random_field f = make_field();
    const size_t n_words = (size_t)rng_below(&r, 3), row = (size_t)rng_below(&r, TILES);
    const size_t first = (size_t)rng_below(&r, TILES - 64 * n_words + 1);
    guarded full = guarded_make(&r, n_words, 8), open = guarded_make(&r, n_words, 8);
    guarded full2 = guarded_copy(&r, &full, 8), open2 = guarded_copy(&r, &open, 8);
    ref->decide(pointed(&f), &(rqa__tiles_words){row, first, n_words, full.data, open.data});
    level->decide(pointed(&f), &(rqa__tiles_words){row, first, n_words, full2.data, open2.data});
    expect_equal(&full2, &full, "decide, full");
    expect_equal(&open2, &open, "decide, open");
    guarded_free(&full);
    guarded_free(&open);
    guarded_free(&full2);
    guarded_free(&open2);
    field_free(&f);
}

/* What the boxes say is what the cells say. */
static void check_boxes(void)
{
    random_field f = make_field();
    const size_t row = (size_t)rng_below(&r, TILES), first = (size_t)rng_below(&r, TILES - 64);
    uint64_t full, open, sure[64], doubt[64];
    uint16_t tile[64], at[64], which[64];
    for (uint16_t k = 0; k < 64; k++)
        tile[k] = at[k] = k;
    level->decide(pointed(&f), &(rqa__tiles_words){row, first, 1, &full, &open});
    const rqa__tiles_asked asked = {row, first, tile, at, 64, sure, doubt, which};
    size_t n_doubtful = level->cells(pointed(&f), &asked);
    ck_assert_uint_eq(full & open, 0);
    for (size_t k = 0; k < 64; k++) {
        ck_assert(!(full >> k & 1) || sure[k] == ~UINT64_C(0));
        ck_assert(((full | open) >> k & 1) || sure[k] == 0);
    }
    for (size_t m = 0; m < n_doubtful; m++)
        ck_assert(open >> which[m] & 1);
    field_free(&f);
}

static void check_cells(void)
{
    random_field f = make_field();
    const size_t n = (size_t)rng_below(&r, 40), row = (size_t)rng_below(&r, TILES);
    const size_t first = (size_t)rng_below(&r, TILES / 2);
    uint16_t tile[64], at[64];
    for (size_t k = 0; k < 64; k++)
        tile[k] = (uint16_t)rng_below(&r, TILES / 2);
    for (size_t k = 0; k < n; k++)
        at[k] = (uint16_t)(k + (k > n / 2 ? 20 : 0));
    guarded sure = guarded_make(&r, 64, 8), doubt = guarded_make(&r, n + 1, 8);
    guarded which = guarded_make(&r, n + 1, 2), sure2 = guarded_copy(&r, &sure, 8);
    guarded doubt2 = guarded_make(&r, n + 1, 8), which2 = guarded_make(&r, n + 1, 2);
    rqa__tiles_asked asked = {row, first, tile, at, n, sure.data, doubt.data, which.data};
    const size_t m = ref->cells(pointed(&f), &asked);
    asked.sure = sure2.data;
    asked.doubt = doubt2.data;
    asked.which = which2.data;
    ck_assert_uint_eq(level->cells(pointed(&f), &asked), m);
    expect_equal(&sure2, &sure, "cells, sure");
    ck_assert(guarded_is_whole(&doubt2) && guarded_is_whole(&which2));
    ck_assert(memcmp(doubt.data, doubt2.data, 8 * m) == 0);
    ck_assert(memcmp(which.data, which2.data, 2 * m) == 0);
    guarded *all[] = {&sure, &doubt, &which, &sure2, &doubt2, &which2};
    for (size_t k = 0; k < 6; k++)
        guarded_free(all[k]);
    field_free(&f);
}

/* ---- lines ---- */

static uint64_t random_word(void)
{
    const uint64_t x = rng_next(&r);
    switch (rng_below(&r, 5)) {
    case 0:
        return 0;
    case 1:
        return ~UINT64_C(0);
    case 2:
        return x & rng_next(&r) & rng_next(&r);
    default:
        return x;
    }
}

static void check_uniform(void)
{
    const size_t n = (size_t)rng_below(&r, 9);
    guarded bytes = guarded_make(&r, 64 * n, 1);
    uint64_t none[9] = {0}, all[9] = {0}, none2[9] = {0}, all2[9] = {0};
    for (size_t k = 0; k < 64 * n; k++)
        if (rng_below(&r, 3))
            ((uint8_t *)bytes.data)[k] = rng_below(&r, 2) ? 255 : 0;
    ref->uniform(bytes.data, n, none, all);
    level->uniform(bytes.data, n, none2, all2);
    ck_assert(memcmp(none, none2, sizeof none) == 0 && memcmp(all, all2, sizeof all) == 0);
    guarded_free(&bytes);
}

typedef struct packed {
    rqa__tiles_line line;
    guarded tile, above, above_left, follows, left_full, cells, open_at;
} packed;

static packed make_packed(const rqa__tiles_line *line)
{
    packed p = {.line = *line,
                .tile = guarded_make(&r, RQA__TILES_ROOM, 2),
                .above = guarded_make(&r, RQA__TILES_ROOM, 1),
                .above_left = guarded_make(&r, RQA__TILES_ROOM, 1),
                .follows = guarded_make(&r, RQA__TILES_ROOM, 1),
                .left_full = guarded_make(&r, RQA__TILES_ROOM, 1),
                .cells = guarded_make(&r, RQA__TILES_ROOM, 8),
                .open_at = guarded_make(&r, RQA__TILES_ROOM, 2)};
    p.line.tile = p.tile.data;
    p.line.above = p.above.data;
    p.line.above_left = p.above_left.data;
    p.line.follows = p.follows.data;
    p.line.left_full = p.left_full.data;
    p.line.cells = p.cells.data;
    p.line.open_at = p.open_at.data;
    return p;
}

static void packed_free(packed *p)
{
    guarded *all[] = {&p->tile,      &p->above, &p->above_left, &p->follows,
                      &p->left_full, &p->cells, &p->open_at};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        ck_assert_msg(guarded_is_whole(all[k]), "gather: written outside, %zu", k);
        guarded_free(all[k]);
    }
}

static void check_gather(void)
{
    enum { WORDS = RQA__TILES_WIDEST / 64 };
    uint64_t active[WORDS], full[WORDS], open[WORDS];
    guarded last = guarded_make(&r, RQA__TILES_WIDEST + 1, 1);
    const size_t n_words = (size_t)rng_below(&r, WORDS + 1);
    rqa__tiles_line line = {.n_words = n_words,
                            .active = active,
                            .full = full,
                            .open = open,
                            .last = (uint8_t *)last.data + 1};
    line.first_word = n_words ? (size_t)rng_below(&r, n_words) : 0;
    for (size_t k = 0; k < WORDS; k++) {
        active[k] = random_word();
        full[k] = random_word();
        open[k] = random_word() & ~full[k];
    }
    packed a = make_packed(&line), b = make_packed(&line);
    ref->gather(&a.line);
    level->gather(&b.line);
    ck_assert_uint_eq(a.line.n, b.line.n);
    ck_assert_uint_eq(a.line.n_open, b.line.n_open);
    const size_t n = a.line.n;
    ck_assert(memcmp(a.line.tile, b.line.tile, 2 * n) == 0);
    ck_assert(memcmp(a.line.above, b.line.above, n) == 0);
    ck_assert(memcmp(a.line.above_left, b.line.above_left, n) == 0);
    ck_assert(memcmp(a.line.follows, b.line.follows, n) == 0);
    ck_assert(memcmp(a.line.left_full, b.line.left_full, n) == 0);
    ck_assert(memcmp(a.line.cells, b.line.cells, 8 * n) == 0);
    ck_assert(memcmp(a.line.open_at, b.line.open_at, 2 * a.line.n_open) == 0);
    packed_free(&a);
    packed_free(&b);
    guarded_free(&last);
}

/* A list and the counts by bytes, which begin at zero. */
typedef struct random_list {
    guarded line, change, first, after, bytes;
} random_list;

static random_list make_list(void)
{
    random_list l = {guarded_make(&r, RQA__TILES_LIST, 2), guarded_make(&r, RQA__TILES_LIST, 1),
                     guarded_make(&r, RQA__TILES_LIST, 1), guarded_make(&r, RQA__TILES_LIST, 1),
                     guarded_make(&r, 512, 4)};
    memset(l.bytes.data, 0, l.bytes.n_bytes);
    return l;
}

static rqa__tiles_list pointers_to(const random_list *l, int by_bytes)
{
    return (rqa__tiles_list){.line = l->line.data,
                             .change = l->change.data,
                             .first = l->first.data,
                             .after = l->after.data,
                             .bytes = by_bytes ? l->bytes.data : NULL};
}

static void list_free(random_list *l)
{
    guarded *all[] = {&l->line, &l->change, &l->first, &l->after, &l->bytes};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        ck_assert_msg(guarded_is_whole(all[k]), "written outside, %zu", k);
        guarded_free(all[k]);
    }
}

static void expect_same_list(random_list *a, random_list *b, size_t n, size_t n_b)
{
    guarded *of_a[] = {&a->line, &a->change, &a->first, &a->after, &a->bytes};
    guarded *of_b[] = {&b->line, &b->change, &b->first, &b->after, &b->bytes};
    const size_t n_bytes[] = {2 * n, n, n, n, 512 * 4};
    ck_assert_uint_eq(n, n_b);
    for (size_t k = 0; k < 5; k++)
        ck_assert_msg(memcmp(of_a[k]->data, of_b[k]->data, n_bytes[k]) == 0, "differs, %zu", k);
    list_free(a);
    list_free(b);
}

/* Active tiles of a row in one strip, by rising number. */
typedef struct random_tiles {
    guarded tile, bytes[4], words[3];
    size_t n;
} random_tiles;

static random_tiles make_tiles(void)
{
    random_tiles t = {.tile = guarded_make(&r, RQA__TILES_ROOM, 2),
                      .n = (size_t)rng_below(&r, rng_below(&r, 2) ? 12 : RQA__TILES_WIDEST + 1)};
    size_t spare = RQA__TILES_WIDEST - t.n;
    for (size_t k = 0, at = 0; k < t.n; k++, at++) {
        const size_t skipped = (size_t)rng_below(&r, spare < 3 ? spare + 1 : 4);
        at += skipped;
        spare -= skipped;
        ((uint16_t *)t.tile.data)[k] = (uint16_t)at;
    }
    for (size_t k = 0; k < 4; k++) {
        t.bytes[k] = guarded_make(&r, RQA__TILES_ROOM, 1);
        for (size_t j = 0; k >= 2 && j < t.n; j++)
            ((uint8_t *)t.bytes[k].data)[j] = rng_below(&r, 2) ? 255 : 0;
    }
    for (size_t k = 0; k < 3; k++) {
        t.words[k] = guarded_make(&r, RQA__TILES_ROOM + 1, 8);
        for (size_t j = 0; j <= t.n; j++)
            ((uint64_t *)t.words[k].data)[j] = random_word();
    }
    return t;
}

static void tiles_free(random_tiles *t)
{
    for (size_t k = 0; k < 4; k++)
        guarded_free(&t->bytes[k]);
    for (size_t k = 0; k < 3; k++)
        guarded_free(&t->words[k]);
    guarded_free(&t->tile);
}

/* Their changes, to lists of their own. */
static rqa__tiles_changes changes_of(const random_tiles *t, random_list *lists, int by_bytes)
{
    for (size_t k = 0; k < 3; k++)
        lists[k] = make_list();
    return (rqa__tiles_changes){.n = t->n,
                                .tile = t->tile.data,
                                .above = t->bytes[0].data,
                                .above_left = t->bytes[1].data,
                                .follows = t->bytes[2].data,
                                .left_full = t->bytes[3].data,
                                .column = (uint64_t *)t->words[0].data + 1,
                                .diagonal = (uint64_t *)t->words[1].data + 1,
                                .row = (uint64_t *)t->words[2].data + 1,
                                .to_column = pointers_to(&lists[0], by_bytes),
                                .to_diagonal = pointers_to(&lists[1], 1),
                                .to_row = pointers_to(&lists[2], by_bytes)};
}

static void check_changes(void)
{
    random_tiles t = make_tiles();
    const int by_bytes = rng_below(&r, 4) != 0, has_columns = rng_below(&r, 4) != 0;
    random_list lists[2][3];
    rqa__tiles_changes c[2];
    for (size_t m = 0; m < 2; m++) {
        c[m] = changes_of(&t, lists[m], by_bytes);
        if (!has_columns)
            c[m].to_column.line = NULL;
        (m ? level : ref)->changes(&c[m]);
    }
    expect_same_list(&lists[0][0], &lists[1][0], c[0].to_column.n, c[1].to_column.n);
    expect_same_list(&lists[0][1], &lists[1][1], c[0].to_diagonal.n, c[1].to_diagonal.n);
    expect_same_list(&lists[0][2], &lists[1][2], c[0].to_row.n, c[1].to_row.n);
    tiles_free(&t);
}

/* ---- runs ---- */

typedef struct rare_log {
    uint64_t sum, n, gap_sum;
} rare_log;

static void rare(void *user, int kind, uint32_t index)
{
    rare_log *log = user;
    log->n++;
    log->sum = (log->sum ^ index ^ (uint64_t)kind << 40) * UINT64_C(0x9e3779b97f4a7c15);
}

static void split(void *user, uint32_t run, uint32_t end)
{
    rare_log *log = user;
    log->n++;
    log->sum = (log->sum ^ run ^ (uint64_t)end << 32) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* Lists of a few lines, whose runs began before. */
static void check_runs(void)
{
    enum { LINES = 8 * 40, LIMIT = 30, N = 60, CELLS = 1000 };
    static const int kinds[] = {RQA__BITS_DIAGONAL, RQA__BITS_COLUMN, RQA__BITS_ROW};
    const int kind = kinds[rng_below(&r, 3)], times = (int)rng_below(&r, 2);
    const size_t n = (size_t)rng_below(&r, N);
    const int is_cut = kind != RQA__BITS_DIAGONAL && rng_below(&r, 2);
    uint16_t lines[N];
    uint8_t change[N], first[N], after[N];
    uint32_t state[LINES], cuts[CELLS] = {0};
    for (size_t k = 1; k < CELLS; k++)
        cuts[k] = cuts[k - 1] + (rng_below(&r, 60) == 0);
    for (size_t k = 0, line = 0; k < n; k++) {
        line += 1 + (size_t)rng_below(&r, 4);
        const unsigned v = 1 + (unsigned)rng_below(&r, 255);
        lines[k] = (uint16_t)line;
        change[k] = (uint8_t)v;
        first[k] = (uint8_t)(2 * __builtin_ctz(v));
        after[k] = (uint8_t)(2 * (31 - __builtin_clz(v)) + (int)rng_below(&r, 2));
    }
    const rqa__tiles_list list = {
        .line = lines, .change = change, .first = first, .after = after, .n = n};
    for (size_t k = 0; k < LINES; k++)
        state[k] = (uint32_t)(2 * rng_below(&r, 500)) | (uint32_t)rng_below(&r, 2) |
                   (rng_below(&r, 9) ? 0 : RQA__BITS_BORDER);
    rare_log log[2] = {{0, 0, 0}, {0, 0, 0}};
    guarded out[2][6];
    static const size_t size[6][2] = {{LINES, 4}, {2 * LIMIT, 4}, {2 * LIMIT, 4},
                                      {LINES, 8}, {LINES, 4},     {LIMIT, 8}};
    for (size_t m = 0; m < 2; m++) {
        for (size_t k = 0; k < 6; k++) {
            out[m][k] = guarded_make(&r, size[k][0], size[k][1]);
            memset(out[m][k].data, 0, out[m][k].n_bytes);
        }
        memcpy(out[m][0].data, state, sizeof state);
        const rqa__tiles_runs runs = {
            .state = out[m][0].data,
            .list = &list,
            .base = 1000,
            .hist = {out[m][1].data, out[m][2].data},
            .limit = LIMIT,
            .kind = kind,
            .rare = rare,
            .user = &log[m],
            .points = times && kind == RQA__BITS_DIAGONAL ? out[m][3].data : NULL,
            .start = times && kind != RQA__BITS_DIAGONAL ? out[m][4].data : NULL,
            .hist_time = out[m][5].data,
            .gap_sum = &log[m].gap_sum,
            .cuts = is_cut ? cuts : NULL,
            .split = split};
        (m ? level : ref)->runs(&runs);
    }
    ck_assert(memcmp(&log[0], &log[1], sizeof log[0]) == 0);
    for (size_t k = 0; k < 6; k++) {
        expect_equal(&out[1][k], &out[0][k], "runs");
        guarded_free(&out[0][k]);
        guarded_free(&out[1][k]);
    }
}

/* Rare runs come in another order, and so do those of two histograms in turn. */
static void rare_by_any_order(void *user, int kind, uint32_t index)
{
    rare_log *log = user;
    log->n++;
    log->sum += (index ^ (uint64_t)kind << 40) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Changes and runs of one kind at once, against the reference that lists the changes first. */
static void check_count(void)
{
    enum { LINES = 8 * RQA__TILES_WIDEST };
    static const int kinds[] = {RQA__BITS_DIAGONAL, RQA__BITS_COLUMN, RQA__BITS_ROW};
    if (level->count == NULL)
        return;
    const size_t which = (size_t)rng_below(&r, 3);
    const int kind = kinds[which], by_bytes = rng_below(&r, 4) != 0;
    const uint32_t limit = rng_below(&r, 2) ? 4097 : 4097 + (uint32_t)rng_below(&r, 3000);
    const uint32_t base = 16 * (uint32_t)rng_below(&r, 1000);
    const size_t n_lines = kind == RQA__BITS_ROW ? 8 : LINES;
    random_tiles t = make_tiles();
    random_list lists[2][3];
    guarded state[2], hist[2][2];
    rare_log log[2] = {{0, 0, 0}, {0, 0, 0}};
    state[0] = guarded_make(&r, n_lines, 4);
    for (size_t k = 0; k < n_lines; k++)
        ((uint32_t *)state[0].data)[k] =
            (uint32_t)rng_below(&r, base + 1) | (rng_below(&r, 9) ? 0 : RQA__BITS_BORDER);
    state[1] = guarded_copy(&r, &state[0], 4);
    for (size_t m = 0; m < 2; m++) {
        rqa__tiles_changes c = changes_of(&t, lists[m], by_bytes);
        rqa__tiles_list *const list[] = {&c.to_diagonal, &c.to_column, &c.to_row};
        for (size_t k = 0; k < 2; k++) {
            hist[m][k] = guarded_make(&r, 2 * limit, 4);
            memset(hist[m][k].data, 0, hist[m][k].n_bytes);
        }
        rqa__tiles_runs runs = {.state = state[m].data,
                                .base = base,
                                .hist = {hist[m][0].data, hist[m][1].data},
                                .limit = limit,
                                .kind = kind,
                                .rare = rare_by_any_order,
                                .user = &log[m]};
        if (m) {
            level->count(&c, &runs);
        } else {
            ref->changes(&c);
            runs.list = list[which];
            ref->runs(&runs);
        }
        for (uint32_t k = 0; k < 2 * limit; k++)
            ((uint32_t *)hist[m][0].data)[k] += ((uint32_t *)hist[m][1].data)[k];
        ck_assert(guarded_is_whole(&hist[m][1]));
    }
    expect_equal(&state[1], &state[0], "count, runs under way");
    expect_equal(&hist[1][0], &hist[0][0], "count, lengths");
    ck_assert(memcmp(&log[0], &log[1], sizeof log[0]) == 0);
    random_list *const of[2][3] = {{&lists[0][1], &lists[0][0], &lists[0][2]},
                                   {&lists[1][1], &lists[1][0], &lists[1][2]}};
    expect_equal(&of[1][which]->bytes, &of[0][which]->bytes, "count, bytes");
    for (size_t m = 0; m < 2; m++) {
        guarded_free(&state[m]);
        for (size_t k = 0; k < 2; k++)
            guarded_free(&hist[m][k]);
        for (size_t k = 0; k < 3; k++)
            list_free(&lists[m][k]);
    }
    tiles_free(&t);
}

START_TEST(test_level)
{
    static void (*const checks[])(void) = {check_decide, check_boxes,   check_cells, check_uniform,
                                           check_gather, check_changes, check_runs,  check_count};
    const kernel_level at = kernel_level_at(_i);
    const char *more = getenv("RQA_TEST_DRAWS");
    const uint64_t n_draws = more ? strtoull(more, NULL, 10) : 2000;
    level = at.name == NULL ? NULL : _i == 0 ? ref : at.bits->tiles;
    for (size_t k = 0; level != NULL && k < sizeof checks / sizeof *checks; k++) {
        r = (rng){40 + k};
        for (uint64_t n = 0; n < n_draws; n++)
            checks[k]();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_tiles");
    TCase *tcase = tcase_create("kernels_tiles");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_level, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
