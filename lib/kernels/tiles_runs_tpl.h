/* tiles_runs_tpl.h - runs under way against lists of changes, compiled once per level. */
#include "kernels/tiles_bytes.h"

/* The place of a line's cells: of a row that of its tile, else that of all. */
static inline uint32_t base_of(const rqa__tiles_runs *r, uint32_t line, int is_row)
{
    return is_row ? r->base + (line & ~UINT32_C(7)) * 2 : r->base;
}

/* Lines that start in byte v, the run `was` being under way before it. */
static inline void count_starts(const rqa__tiles_runs *r, uint32_t v, uint32_t was, uint32_t base,
                                uint32_t *start)
{
    uint32_t white = (was & ~RQA__BITS_BORDER) / 2;
    for (uint32_t colour = was & 1; v != 0; v &= v - 1, colour ^= 1) {
        const uint32_t at = base / 2 + (uint32_t)__builtin_ctz(v), time = at + 1 - *start;
        if (colour) {
            white = at;
            continue;
        }
        if (*start != 0) {
            *r->gap_sum += at + 1 - white;
            if (time < r->limit)
                r->hist_time[time]++;
            else
                r->rare(r->user, RQA__BITS_TIME, time);
        }
        *start = at + 1;
    }
}

/* Ends run `was` at a cell. */
static inline void end_cut(const rqa__tiles_runs *r, uint32_t was, uint32_t at)
{
    const uint32_t index = 2 * at - was;
    if (!(was & 1) && r->cuts[at] != r->cuts[(was & ~RQA__BITS_BORDER) / 2])
        r->split(r->user, was, at);
    else if (index < 2 * r->limit)
        r->hist[0][index]++;
    else
        r->rare(r->user, r->kind, index);
}

/* A line that starts at a cell, behind a white run. */
static inline void start_cut(const rqa__tiles_runs *r, uint32_t was, uint32_t at, uint32_t *start)
{
    if (*start != 0 && r->cuts[at] == r->cuts[*start - 1]) {
        const uint32_t time = at + 1 - *start;
        *r->gap_sum += at + 1 - (was & ~RQA__BITS_BORDER) / 2;
        if (time < r->limit)
            r->hist_time[time]++;
        else
            r->rare(r->user, RQA__BITS_TIME, time);
    }
    *start = at + 1;
}

/* Run after run, as far as missing cells cut any. */
static void run_list_cut(const rqa__tiles_runs *r, int is_row)
{
    for (size_t k = 0; k < r->list->n; k++) {
        const uint32_t base = base_of(r, r->list->line[k], is_row);
        const uint32_t line = is_row ? r->list->line[k] & 7 : r->list->line[k];
        uint32_t was = r->state[line];
        for (uint32_t v = r->list->change[k]; v != 0; v &= v - 1) {
            const uint32_t at = base / 2 + (uint32_t)__builtin_ctz(v);
            end_cut(r, was, at);
            if (!(was & 1) && r->start != NULL)
                start_cut(r, was, at, r->start + line);
            was = 2 * at | (~was & 1);
        }
        r->state[line] = was;
    }
}

/* What is wanted besides the runs. */
enum { RUNS_ALONE, RUNS_AND_POINTS, RUNS_AND_TIMES };

static inline __attribute__((always_inline)) void end_run(const rqa__tiles_runs *r,
                                                          const rqa__tiles_list *list, size_t k,
                                                          int is_row, int wanted)
{
    uint32_t *const hist = r->hist[k % 2];
    const uint32_t base = base_of(r, list->line[k], is_row);
    const uint32_t line = is_row ? list->line[k] & 7 : list->line[k];
    const uint32_t was = r->state[line], index = base + list->first[k] - was;
    r->state[line] = base + list->after[k];
    if (wanted == RUNS_AND_POINTS)
        r->points[line] +=
            (index + 1) / 2 * (was & 1) + rqa__tiles_points[list->change[k] | (was & 1) << 8];
    if (wanted == RUNS_AND_TIMES)
        count_starts(r, list->change[k], was, base, r->start + line);
    if (index < 2 * r->limit)
        hist[index]++;
    else
        r->rare(r->user, r->kind, index);
}

/* In two histograms in turn, since the runs of neighbours are often as long. */
static inline __attribute__((always_inline)) void run_list(const rqa__tiles_runs *given, int is_row,
                                                           int wanted)
{
    const rqa__tiles_runs r = *given;
    const rqa__tiles_list list = *given->list;
    size_t k = 0;
    for (; k + 2 <= list.n; k += 2) {
        end_run(&r, &list, k, is_row, wanted);
        end_run(&r, &list, k + 1, is_row, wanted);
    }
    if (k < list.n)
        end_run(&r, &list, k, is_row, wanted);
}

static void runs(const rqa__tiles_runs *r)
{
    if (r->cuts != NULL)
        run_list_cut(r, r->kind == RQA__BITS_ROW);
    else if (r->kind == RQA__BITS_ROW && r->start != NULL)
        run_list(r, 1, RUNS_AND_TIMES);
    else if (r->kind == RQA__BITS_ROW)
        run_list(r, 1, RUNS_ALONE);
    else if (r->start != NULL)
        run_list(r, 0, RUNS_AND_TIMES);
    else if (r->points != NULL)
        run_list(r, 0, RUNS_AND_POINTS);
    else
        run_list(r, 0, RUNS_ALONE);
}
