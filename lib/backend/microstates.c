/* microstates.c - patterns of cells: the code of a block moves along its rows, one column at a time. */
#include "backend/microstates.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"

enum { ROWS = 64, WORDS = 128 };

typedef struct microstate_job {
    rqa__rows *rows;
    size_t n_rows, n_columns;
    uint32_t size;
    uint64_t width;      /* block starts nearer to the main diagonal are left out; 0: none */
    uint8_t *absent_row; /* NULL: none */
    uint8_t *absent_column;
    uint64_t *area;      /* [worker][(ROWS + 3) * WORDS] */
    uint64_t *count;     /* [worker][patterns] */
} microstate_job;

/* A row of blocks on its way. */
typedef struct track {
    size_t row;
    uint32_t code;
    size_t n_clean; /* columns in sight since the last absent one, at most `size` */
} track;

static inline uint32_t next_code(uint32_t code, const uint64_t *word, unsigned bit, uint32_t size)
{
    uint32_t column = 0;
    for (uint32_t k = 0; k < size; k++)
        column |= (uint32_t)(word[k] >> bit & 1) << k;
    return code >> size | column << size * (size - 1);
}

/* All 64 columns count. */
static inline uint32_t count_word(uint64_t *count, uint32_t code, const uint64_t *word,
                                  uint32_t size)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        code = next_code(code, word, bit, size);
        count[code]++;
    }
    return code;
}

/* Each column is asked whether a block ends there that counts. */
static void count_some(const microstate_job *m, uint64_t *count, track *t, const uint64_t *word,
                       size_t column)
{
    for (unsigned bit = 0; bit < 64 && column + bit < m->n_columns; bit++) {
        const size_t start = column + bit - (m->size - 1);
        const size_t apart = start > t->row ? start - t->row : t->row - start;
        t->code = next_code(t->code, word, bit, m->size);
        t->n_clean += t->n_clean < m->size;
        if (m->absent_column && m->absent_column[column + bit])
            t->n_clean = 0;
        if (t->n_clean >= m->size && apart >= m->width)
            count[t->code]++;
    }
}

static int is_plain(const microstate_job *m, const track *t, size_t column)
{
    const size_t first = column - (m->size - 1), last = column + 64 - m->size;
    if (column < 64 || column + 64 > m->n_columns || m->absent_column || t->n_clean < m->size)
        return 0;
    return m->width == 0 || first >= t->row + m->width || last + m->width <= t->row;
}

static void count_words(const microstate_job *m, uint64_t *count, track *t, const uint64_t *bits,
                        size_t first_word, size_t n_words)
{
    for (size_t k = 0; k < n_words; k++) {
        uint64_t word[RQA__MICROSTATE_MOST];
        const size_t column = 64 * (first_word + k);
        for (uint32_t r = 0; r < m->size; r++)
            word[r] = bits[r * WORDS + k];
        if (!is_plain(m, t, column))
            count_some(m, count, t, word, column);
        else if (m->size == 1)
            t->code = count_word(count, t->code, word, 1);
        else if (m->size == 2)
            t->code = count_word(count, t->code, word, 2);
        else if (m->size == 3)
            t->code = count_word(count, t->code, word, 3);
        else
            t->code = count_word(count, t->code, word, 4);
    }
}

static int is_absent(const microstate_job *m, size_t row)
{
    for (size_t k = row; m->absent_row && k < row + m->size; k++)
        if (m->absent_row[k])
            return 1;
    return 0;
}

static int count_rows(void *arg, size_t job, unsigned worker)
{
    const microstate_job *m = arg;
    const size_t row = job * ROWS, last = m->n_rows - m->size;
    const size_t n_blocks = last + 1 - row < ROWS ? last + 1 - row : ROWS;
    const size_t words = (m->n_columns + 63) / 64;
    uint64_t *bits = m->area + (size_t)worker * (ROWS + RQA__MICROSTATE_MOST - 1) * WORDS;
    uint64_t *count = m->count + (size_t)worker * rqa__microstate_patterns(m->size);
    track track_of[ROWS];
    for (size_t k = 0; k < n_blocks; k++)
        track_of[k] = (track){row + k, 0, 0};
    for (size_t word = 0; word < words; word += WORDS) {
        const rqa__rows_area area = {.row = row,
                                     .n_rows = n_blocks + m->size - 1,
                                     .first_word = word,
                                     .n_words = words - word < WORDS ? words - word : WORDS,
                                     .out = bits,
                                     .stride = WORDS};
        int status = rqa__rows_fill(m->rows, worker, &area);
        if (status)
            return rqa__fail(status, "cancelled");
        for (size_t k = 0; k < n_blocks; k++)
            if (!is_absent(m, row + k))
                count_words(m, count, &track_of[k], bits + k * WORDS, word, area.n_words);
    }
    return RQA_OK;
}

static int make_room(microstate_job *m, const rqa__task *task, unsigned n_workers)
{
    const size_t area_rows = ROWS + RQA__MICROSTATE_MOST - 1;
    m->area = rqa__alloc_array(n_workers, area_rows * WORDS * sizeof *m->area);
    m->count = rqa__calloc(n_workers * rqa__microstate_patterns(m->size), sizeof *m->count);
    if (!m->area || !m->count)
        return RQA_ERROR_MEMORY;
    if (!task->skips)
        return RQA_OK;
    m->absent_column = rqa__calloc(m->n_columns, 1);
    m->absent_row = rqa__calloc(m->n_rows, 1);
    if (!m->absent_column || !m->absent_row)
        return RQA_ERROR_MEMORY;
    rqa__side_absent(&task->x, 0, m->absent_column);
    if (task->relation != RQA__RELATION_CROSS)
        rqa__side_absent(&task->x, 0, m->absent_row);
    if (task->relation != RQA__RELATION_AUTO)
        rqa__side_absent(&task->y, 0, m->absent_row);
    if (task->relation == RQA__RELATION_JOINT)
        rqa__side_absent(&task->y, 0, m->absent_column);
    return RQA_OK;
}

static int count_all(microstate_job *m, const rqa__parallel *parallel)
{
    int status = RQA_OK;
    if (m->n_rows < m->size || m->n_columns < m->size)
        return RQA_OK;
    const size_t n_jobs = (m->n_rows - m->size) / ROWS + 1;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, count_rows, m);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = count_rows(m, k, 0);
    return status;
}

int rqa__microstates(uint64_t *count, const rqa__task *task, uint32_t size, uint64_t theiler,
                     const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                     const atomic_int *cancel)
{
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    const size_t n_patterns = rqa__microstate_patterns(size);
    microstate_job m = {.size = size, .width = theiler ? theiler + size - 1 : 0};
    int status = rqa__rows_open(&m.rows, task, kernels, parallel, cancel);
    if (!status) {
        m.n_rows = rqa__rows_n_rows(m.rows);
        m.n_columns = rqa__rows_n_columns(m.rows);
        status = make_room(&m, task, n_workers);
    }
    if (status)
        status = status == RQA_ERROR_MEMORY ? rqa__fail_memory("the microstates")
                                            : rqa__fail(status, "cancelled");
    else
        status = count_all(&m, parallel);
    memset(count, 0, n_patterns * sizeof *count);
    for (size_t w = 0; w < n_workers && !status; w++)
        for (size_t k = 0; k < n_patterns; k++)
            count[k] += m.count[w * n_patterns + k];
    rqa__free(m.area);
    rqa__free(m.count);
    rqa__free(m.absent_column);
    rqa__free(m.absent_row);
    rqa__rows_close(m.rows);
    return status;
}

uint64_t rqa__microstates_memory(const rqa__task *task, uint32_t size, unsigned n_workers)
{
    const uint64_t n_x = rqa__side_vectors(&task->x, 0), n_y = rqa__side_vectors(&task->y, 0);
    const uint64_t words = (ROWS + RQA__MICROSTATE_MOST - 1) * WORDS + rqa__microstate_patterns(size);
    return rqa__rows_memory(task, n_workers) + n_workers * words * sizeof(uint64_t) +
           (task->skips ? n_x + n_y : 0);
}
