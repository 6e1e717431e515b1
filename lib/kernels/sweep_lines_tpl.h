/* sweep_lines_tpl.h - a line of the sweep engine, compiled once per level: from vectors to indices,
 * and from indices to the list of their changes.
 *
 * The including file defines a block of BLOCK cells as VECTORS vectors of type sweep_vector, and
 *   zero          running distances without a term
 *   add_lag       adds a term of channel c to a block: sample i of x, that of the first cell
 *                 (along) or of all, against sample j of y, that of the first cell
 *   index_block   the indices of a block at dim d; 0 where every cell exceeds every threshold
 *   fill          one index for a whole block
 *   list_changes  an event for each of n bytes that differs from the one before it
 */
#include "cpu/sweep_table.h"

static inline __attribute__((always_inline)) void
index_lines(const rqa__sweep_space *s, const rqa__sweep_line *line, int norm, int along)
{
    const size_t i = line->i, j = line->j, out_stride = line->out_stride;
    const size_t *n_valid = line->n_valid;
    uint8_t *out = line->out;
    uint32_t n_dims = s->n_dims;
    for (size_t t = 0; t < n_valid[0]; t += BLOCK) {
        sweep_vector sum[VECTORS];
        const size_t first = along ? i + t : i;
        size_t lag = 0;
        uint32_t d = 0;
        for (int v = 0; v < VECTORS; v++) {
            sum[v] = zero();
        }
        while (n_valid[n_dims - 1] <= t) {
            n_dims--;
        }
        for (; d < n_dims; d++) {
            for (; lag < s->dims[d]; lag++) {
                for (uint32_t c = 0; c < s->n_channels; c++) {
                    add_lag(sum, s, c, first + lag * s->x_delay, j + t + lag * s->y_delay, norm,
                            along);
                }
            }
            if (!index_block(s, d, sum, first, j + t, (unsigned)along, out + d * out_stride + t) &&
                s->shared_bounds) {
                /* Distances only grow with dim. */
                d++;
                break;
            }
        }
        for (; d < n_dims; d++) {
            fill(out + d * out_stride + t, s->n_thresholds);
        }
    }
}

static inline __attribute__((always_inline)) void index_tpl(const rqa__sweep_space *s,
                                                            const rqa__sweep_line *line)
{
    switch (s->norm * 2 + line->x_step) {
    case 0:
        index_lines(s, line, 0, 0);
        break;
    case 1:
        index_lines(s, line, 0, 1);
        break;
    case 2:
        index_lines(s, line, 1, 0);
        break;
    case 3:
        index_lines(s, line, 1, 1);
        break;
    case 4:
        index_lines(s, line, 2, 0);
        break;
    default:
        index_lines(s, line, 2, 1);
        break;
    }
}

static size_t events_tpl(uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders,
                         int white, uint32_t *event)
{
    const uint8_t before = line[-1];
    const uint32_t first = (borders & RQA__SWEEP_BORDER_FIRST) != 0 ? 0 : 1;
    /* Nothing is open before a line; where white runs matter, every line has a first event. */
    line[-1] = (uint8_t)(white ? line[0] ^ 1 : n_thresholds);
    uint32_t *out = list_changes(line, n, first, event);
    *out++ = RQA__SWEEP_EVENT_LAST |
             ((borders & RQA__SWEEP_BORDER_LAST) != 0 ? (uint32_t)RQA__SWEEP_EVENT_BORDER : 0) |
             (first + (uint32_t)n) << 8 | n_thresholds;
    line[-1] = before;
    return (size_t)(out - event);
}
