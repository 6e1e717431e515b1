/* engine_tiles_count.c - the runs that workers do not count by themselves: long ones, those at the border,
 * and white ones that missing vectors cut. */
#include "backend/engine_tiles_state.h"
#include "base/lone_add.h"

/* Short series have one worker, and of their runs a good part is at the border. */
static void add_to(const rqa__tiles_run *run, atomic_uint_least64_t *at, uint64_t n)
{
    if (run->shape.n_workers > 1)
        atomic_fetch_add_explicit(at, n, memory_order_relaxed);
    else
        rqa__lone_add(at, n);
}

void rqa__tiles_rare(void *user, int kind, uint32_t index)
{
    const rqa__tiles_worker *w = user;
    rqa__tiles_run *run = w->run;
    const uint32_t border = index & RQA__BITS_BORDER, colour = index & 1;
    const uint32_t length = ((index & ~RQA__BITS_BORDER) + 1) / 2;
    if (kind == RQA__BITS_TIME) {
        add_to(run, &run->time[index], 1);
    } else if (kind == RQA__BITS_DIAGONAL) {
        if (colour)
            add_to(run, &run->diagonal_lines[length], run->weight);
    } else if (length > 0) { /* a border run of none is none */
        atomic_uint_least64_t *hist = colour   ? run->vertical_lines
                                      : border ? run->white_border
                                               : run->white_inner;
        add_to(run, &hist[length], 1);
    }
}

static void count_white(rqa__tiles_worker *w, uint32_t length, int border)
{
    if (!border && length < w->run->limit)
        w->hist_vertical[2 * length]++;
    else
        add_to(w->run, &(border ? w->run->white_border : w->run->white_inner)[length], 1);
}

/* The first stretch of missing vectors that ends behind a cell. */
static size_t gap_behind(const rqa__tiles_run *run, uint32_t cell)
{
    size_t low = 0, high = run->n_gaps;
    while (low < high) {
        const size_t half = low + (high - low) / 2;
        if (run->gap[2 * half + 1] > cell)
            high = half;
        else
            low = half + 1;
    }
    return low;
}

void rqa__tiles_split(void *worker, uint32_t white, uint32_t end)
{
    rqa__tiles_worker *w = worker;
    const rqa__tiles_run *run = w->run;
    const uint32_t start = (white & ~RQA__BITS_BORDER) / 2;
    uint32_t at = start;
    for (size_t g = gap_behind(run, start); at < end; g++) {
        const uint32_t gap = g < run->n_gaps && run->gap[2 * g] < end ? run->gap[2 * g] : end;
        if (gap > at)
            count_white(w, gap - at, (at == start && white & RQA__BITS_BORDER) || gap == run->shape.n_y);
        at = g < run->n_gaps ? run->gap[2 * g + 1] : end;
    }
}

void rqa__tiles_end_white(rqa__tiles_worker *w, uint32_t white, uint32_t end)
{
    const uint32_t start = (white & ~RQA__BITS_BORDER) / 2;
    if (w->run->cuts)
        rqa__tiles_split(w, white, end);
    else if (end > start)
        count_white(w, end - start, (white & RQA__BITS_BORDER) != 0 || end == w->run->shape.n_y);
}
