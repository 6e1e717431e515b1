/* engine_bits_rare.c - the runs that a worker does not count by itself: long ones, and those at the
 * border of the matrix. */
#include "backend/engine_bits_state.h"

void rqa__bits_rare(void *counter, int kind, uint32_t index, uint32_t *state)
{
    rqa__bits_counter *w = counter;
    const rqa__bits_counts *counts = &w->run->counts;
    uint32_t border = index & RQA__BITS_BORDER;
    index &= ~RQA__BITS_BORDER;
    uint32_t colour = index & 1;
    uint32_t length = (index + 1) / 2;
    atomic_uint_least64_t *hist;
    uint64_t n = 1;
    (void)state;
    if (kind == RQA__BITS_TIME) {
        hist = counts->time;
        length = index;
    } else if (kind == RQA__BITS_DIAGONAL) {
        if (!colour) {
            return;
        }
        w->rare_points += length;
        hist = counts->diagonal_lines;
        n = w->strip->weight_diagonal;
    } else if (length == 0) { /* a border run that is none */
        return;
    } else {
        hist = colour   ? counts->vertical_lines
               : border ? counts->white_border
                        : counts->white_inner;
    }
    atomic_fetch_add_explicit(&hist[length], n, memory_order_relaxed);
}
