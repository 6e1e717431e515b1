/* test_engine_memory.c - what each engine says it takes is what it allocates: no less ever happens,
 * and of the engines whose memory does not depend on the data it is not much more. */
#include <inttypes.h>
#include <stdlib.h>

#include "backend/cpu_plan.h"
#include "backend/engine_bits.h"
#include "backend/engine_cells.h"
#include "backend/engine_tiles.h"
#include "backend/part_run.h"
#include "backend/row_producer.h"
#include "counted_heap.h"
#include "plan/cost.h"
#include "support.h"
#include "task_draws.h"

/* What blocks have around them, and what is too small to be counted. */
enum { AROUND = 2048 };

static int64_t before;

static void begin(void)
{
    before = counted_heap_live();
    counted_heap_reset_peak();
}

static size_t taken(void)
{
    return (size_t)(counted_heap_peak() - before);
}

static int accept(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    (void)user, (void)d, (void)t, (void)tally;
    return 0;
}

/* Never more than `most`, and at least so many of its percents. */
static void expect(const char *what, const random_task *r, uint64_t seed, size_t most,
                   size_t percent)
{
    char text[256];
    random_task_describe(text, sizeof text, r);
    ck_assert_msg(taken() <= most + AROUND, "%s, draw %" PRIu64 " (%s): %zu bytes of %zu", what,
                  seed, text, taken(), most);
    ck_assert_msg(taken() + AROUND >= most / 100 * percent,
                  "%s, draw %" PRIu64 " (%s): %zu bytes, not %zu", what, seed, text, taken(), most);
}

static const size_t sizes[] = {60, 700, 3000};

static void draw(random_task *r, uint64_t seed, size_t most)
{
    random_task_create(r, seed, most);
    if (!rqa__strategy_is_possible(&r->task, RQA__STRATEGY_BITS))
        task_drop_cuts(&r->task);
}

/* By ranks all memory is there whatever the data. */
START_TEST(strips)
{
    rqa__bits_kernels kernels = rqa__bits_ref;
    kernels.tiles = NULL;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        random_task r;
        draw(&r, seed, sizes[seed % 3]);
        r.task.norm = _i ? r.task.norm : RQA__NORM_MAXIMUM;
        const size_t most =
            rqa__engine_bits_memory(&r.task, 1) - rqa__engine_tiles_memory(&r.task, 1);
        begin();
        ck_assert_int_eq(rqa__engine_bits_run(&r.task, &kernels, NULL, NULL, accept, NULL), 0);
        expect("strips", &r, seed, most, _i ? 0 : 50);
        random_task_destroy(&r);
    }
}
END_TEST

/* Tiles where they pay. */
START_TEST(strategies)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        random_task r;
        draw(&r, 100 + seed, sizes[seed % 3]);
        if (rqa__strategy_is_possible(&r.task, _i)) {
            begin();
            ck_assert_int_eq(task_on_cpu(&r.task, _i, accept, NULL), 0);
            const size_t most = rqa__cpu_memory(&r.task, _i, 1);
            expect(_i == RQA__STRATEGY_BITS ? "bits" : "indices", &r, seed, most, 0);
        }
        random_task_destroy(&r);
    }
}
END_TEST

/* Every line may have a length of its own: of a ramp those of all kinds have, and longer ones than dense
 * tables count. */
START_TEST(long_lines)
{
    enum { MOST = 2600, DIMS = 2, THRESHOLDS = 255 }; /* one more than a pass takes */
    static const uint32_t counts[] = {1, 20, THRESHOLDS};
    static double x[MOST + 64], bounds[DIMS * THRESHOLDS];
    const double *channel[] = {x};
    const uint32_t dims[DIMS] = {1, 3}, n_thresholds = counts[_i % 3];
    const size_t n = n_thresholds == THRESHOLDS ? 700 : MOST;
    for (size_t t = 0; t < n; t++)
        x[t] = _i < 3 ? (double)t : (double)(t % 7 == 0);
    for (uint32_t k = 0; k < DIMS * n_thresholds; k++)
        bounds[k] = (double)n * (k % n_thresholds + 1) / n_thresholds;
    const rqa__side side = {channel, n, 1, 1, dims};
    const rqa__task task = {.relation = RQA__RELATION_AUTO,
                            .norm = RQA__NORM_MAXIMUM,
                            .n_dims = DIMS,
                            .n_thresholds = n_thresholds,
                            .x = side,
                            .y = side,
                            .bounds = bounds,
                            .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL | RQA__TALLY_WHITE |
                                       RQA__TALLY_RECURRENCE_TIME | RQA__TALLY_OFFSETS};
    begin();
    ck_assert_int_eq(task_on_cpu(&task, RQA__STRATEGY_SWEEP, accept, NULL), 0);
    const size_t most = rqa__cpu_memory(&task, RQA__STRATEGY_SWEEP, 1);
    ck_assert_msg(taken() <= most + AROUND, "%u thresholds: %zu bytes of %zu", n_thresholds, taken(),
                  most);
    ck_assert_msg(_i > 2 || taken() >= most / 2, "%u thresholds: %zu bytes, not %zu", n_thresholds,
                  taken(), most);
}
END_TEST

/* The first dim and threshold. */
static rqa__cell_lists list_cells(const rqa__task *task, size_t n)
{
    rqa__cell_lists lists = {malloc((n + 1) * sizeof *lists.first),
                             malloc(n * n * sizeof *lists.row)};
    uint64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        lists.first[i] = at;
        for (size_t j = 0; j < n; j++)
            if (task_recurs(task, 0, 0, i, j))
                lists.row[at++] = (uint32_t)j;
    }
    lists.first[n] = at;
    return lists;
}

START_TEST(cells)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_task r;
        draw(&r, 200 + seed, 700);
        const size_t n = rqa__side_vectors(&r.task.x, 0);
        if (r.task.relation == RQA__RELATION_AUTO && n > 0) {
            rqa__cell_lists lists = list_cells(&r.task, n);
            r.task.n_dims = r.task.n_thresholds = 1;
            r.task.cells = &lists;
            begin();
            ck_assert_int_eq(rqa__engine_cells_run(&r.task, &rqa__bits_ref, NULL, accept, NULL), 0);
            expect("cells", &r, seed, rqa__engine_cells_memory(&r.task), 0);
            free(lists.first);
            free(lists.row);
        }
        random_task_destroy(&r);
    }
}
END_TEST

static void open_rows(const random_task *r, uint64_t seed)
{
    rqa__rows *made;
    uint64_t word[64];
    begin();
    ck_assert_int_eq(rqa__rows_open(&made, &r->task, &rqa__bits_ref, NULL, NULL), 0);
    const size_t n_rows = rqa__rows_n_rows(made);
    const rqa__rows_area area = {
        .n_rows = n_rows < 64 ? n_rows : 64, .n_words = 1, .out = word, .stride = 1};
    ck_assert_int_eq(rqa__rows_fill(made, 0, &area), 0);
    rqa__rows_close(made);
    expect("rows", r, seed, rqa__rows_memory(&r->task, 1), 0);
}

START_TEST(rows)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        random_task r;
        draw(&r, 300 + seed, sizes[seed % 3]);
        if (rqa__task_pairs(&r.task, 0) > 0)
            open_rows(&r, seed);
        random_task_destroy(&r);
    }
}
END_TEST

START_TEST(parts)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        random_task r;
        draw(&r, 400 + seed, sizes[seed % 3]);
        const rqa__part_shape shape = rqa__part_shape_of(&r.task, 0);
        const uint64_t third = shape.n_x / 96 * 32, begins[] = {0, third, 2 * third, shape.n_x};
        rqa__part_engine *engine;
        task_drop_cuts(&r.task);
        begin();
        ck_assert_int_eq(rqa__part_engine_create(&engine, &r.task, &rqa__bits_ref), 0);
        for (int k = 0; k < 3; k++) {
            const rqa__part_request request = {.first = begins[k], .end = begins[k + 1]};
            if (shape.n_x > 0 && shape.n_y > 0 && begins[k] < begins[k + 1])
                ck_assert_int_eq(rqa__part_run(engine, &request, accept, NULL), 0);
        }
        rqa__part_engine_destroy(engine);
        expect("parts", &r, seed, rqa__part_engine_memory(&r.task), 0);
        random_task_destroy(&r);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("memory of the engines");
    TCase *t = tcase_create("engines");
    tcase_add_checked_fixture(t, counted_heap_begin, counted_heap_end);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, strips, 0, 2);
    tcase_add_loop_test(t, strategies, RQA__STRATEGY_BITS, RQA__STRATEGY_SWEEP + 1);
    tcase_add_loop_test(t, long_lines, 0, 6);
    tcase_add_test(t, cells);
    tcase_add_test(t, rows);
    tcase_add_test(t, parts);
    suite_add_tcase(s, t);
    return support_run(s);
}
