/* sweep_exact_tpl.h - decides in double the cells that a float filter leaves open. */
#include "cpu/sweep_table.h"

#include <math.h>

/* The index of one pair at dim d: the documented sum, in its order. `index` is a first guess. */
static unsigned exact_cell(const rqa__sweep_space *s, uint32_t d, size_t i, size_t j,
                           unsigned index)
{
    const double *bound = s->bounds + d * s->bounds_stride;
    double value = 0.0;
    for (size_t k = 0; k < s->dims[d]; k++) {
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const double difference =
                s->x[c][i + k * s->x_delay] - s->y[c][j + k * s->y_delay];
            if (s->norm == 0) {
                value = fabs(difference) > value ? fabs(difference) : value;
            } else if (s->norm == 1) {
                value += difference * difference;
            } else {
                value += fabs(difference);
            }
        }
    }
    while (index > 0 && value <= bound[index - 1]) {
        index--;
    }
    while (index < s->n_thresholds && !(value <= bound[index])) {
        index++;
    }
    return index;
}

/* The cells of a block whose bits are set. */
static __attribute__((noinline)) void exact_cells(const rqa__sweep_space *s, uint32_t d, size_t i,
                                                  size_t j, unsigned x_step, uint64_t cells,
                                                  uint8_t *out)
{
    for (; cells != 0; cells &= cells - 1) {
        const size_t t = (size_t)__builtin_ctzll(cells);
        out[t] = (uint8_t)exact_cell(s, d, i + t * x_step, j + t, out[t]);
    }
}
