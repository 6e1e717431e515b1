/* part_oracle.c - what tallies of parts must be, from the matrix as bytes; and a plain joiner. */
#include "part_oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "task_draws.h"

enum { DIAGONAL, VERTICAL, INNER, BORDER, TIME, N_KINDS };
enum { HEAD, TAIL, FIRST, LAST, END, N_WORDS };
enum { WHITE, BLACK, REMOVED, NO_COLOUR };

static const char *const kind_name[N_KINDS] = {"diagonal", "vertical", "inner", "border", "time"};
static const char *const word_name[N_WORDS] = {"head", "tail", "first", "last", "end"};

/* Counts of a part or of the whole. */
typedef struct counts {
    uint64_t points, gap_sum;
    size_t n; /* of a histogram */
    uint64_t *histogram[N_KINDS];
    uint64_t *offsets;
    size_t n_offsets;
} counts;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

static int is_symmetric(const part_matrix *m)
{
    return m->task->relation != RQA__RELATION_CROSS;
}

/* Columns of one triangle begin at the main diagonal, and so in the part that has all of them. */
static int has_edges(const part_matrix *m, int diagonal)
{
    return diagonal || (is_symmetric(m) && !m->task->upper_only);
}

void part_matrix_create(part_matrix *m, const rqa__task *task, uint32_t threshold_index)
{
    m->task = task;
    m->n_x = rqa__side_vectors(&task->x, 0);
    m->n_y = task->relation == RQA__RELATION_AUTO ? m->n_x : rqa__side_vectors(&task->y, 0);
    if (task->relation == RQA__RELATION_JOINT)
        m->n_x = m->n_y = smaller(m->n_x, m->n_y);
    m->recurs = malloc(m->n_x * m->n_y + 1);
    for (size_t i = 0; i < m->n_x; i++)
        for (size_t j = 0; j < m->n_y; j++)
            m->recurs[i * m->n_y + j] = (unsigned char)task_recurs(task, 0, threshold_index, i, j);
}

void part_matrix_destroy(part_matrix *m)
{
    free(m->recurs);
}

static void counts_create(counts *c, const part_matrix *m)
{
    const size_t n = smaller(m->n_x, m->n_y);
    c->points = c->gap_sum = 0;
    c->n = m->n_x + m->n_y + 1;
    for (int k = 0; k < N_KINDS; k++)
        c->histogram[k] = calloc(c->n, sizeof(uint64_t));
    c->n_offsets = m->task->relation == RQA__RELATION_AUTO || n == 0 ? n : 2 * n - 1;
    c->offsets = calloc(c->n_offsets + 1, sizeof(uint64_t));
}

static void counts_destroy(counts *c)
{
    for (int k = 0; k < N_KINDS; k++)
        free(c->histogram[k]);
    free(c->offsets);
}

/* ---- lines and their pieces ---- */

/* Line `number` of a direction, cell by cell. Of a diagonal: of offset number - (n_x - 1). */
typedef struct line {
    const part_matrix *m;
    int diagonal;
    size_t begin, end; /* cells: i of a diagonal, j of a column */
    int64_t number;    /* offset or column */
} line;

static line line_of(const part_matrix *m, int diagonal, size_t index)
{
    line l = {m, diagonal, 0, m->n_y, (int64_t)index};
    if (diagonal) {
        l.number = (int64_t)index - ((int64_t)m->n_x - 1);
        l.begin = l.number < 0 ? (size_t)-l.number : 0;
        l.end = (size_t)((int64_t)m->n_y - l.number);
        l.end = smaller(l.end, m->n_x);
    } else if (m->task->upper_only) {
        l.begin = index;
    }
    return l;
}

static size_t n_lines_of(const part_matrix *m, int diagonal)
{
    return m->n_y == 0 ? 0 : diagonal ? m->n_x + m->n_y - 1 : m->n_x;
}

static unsigned colour_of(const line *l, size_t at)
{
    const size_t i = l->diagonal ? at : (size_t)l->number;
    const size_t j = l->diagonal ? (size_t)((int64_t)at + l->number) : at;
    if (!l->diagonal && distance(i, j) < l->m->task->theiler_vertical)
        return l->m->task->band_is_white ? WHITE : REMOVED;
    return l->m->recurs[i * l->m->n_y + j] ? BLACK : WHITE;
}

/* Whether a cell belongs to columns [first, end). */
static int in_part(const line *l, size_t at, size_t first, size_t end)
{
    const size_t i = l->diagonal ? at : (size_t)l->number;
    const size_t j = l->diagonal ? (size_t)((int64_t)at + l->number) : at;
    const size_t owner = is_symmetric(l->m) ? smaller(i, j) : i;
    return owner >= first && owner < end;
}

/* The line's cells in the part, which lie together. */
static line piece_of(line l, size_t first, size_t end)
{
    while (l.begin < l.end && !in_part(&l, l.begin, first, end))
        l.begin++;
    while (l.begin < l.end && !in_part(&l, l.end - 1, first, end))
        l.end--;
    return l;
}

static int is_counted(const line *l)
{
    const part_matrix *m = l->m;
    return !l->diagonal || (size_t)llabs(l->number) >= m->task->theiler_diagonal;
}

/* The runs of a line that is whole in its part, or of a piece's inside: edge gets the rest. */
static void count_runs(counts *c, const line *l, int whole, uint32_t edge[N_WORDS])
{
    size_t last = SIZE_MAX, last_end = 0;
    int is_cut = 0;
    edge[FIRST] = edge[LAST] = edge[END] = RQA__EDGE_NONE;
    for (size_t at = l->begin, stop; at < l->end; at = stop) {
        const unsigned colour = colour_of(l, at);
        for (stop = at + 1; stop < l->end && colour_of(l, stop) == colour;)
            stop++;
        const int begins = at == l->begin, ends = stop == l->end;
        if (begins)
            edge[HEAD] = (uint32_t)(stop - at) << 2 | colour;
        if (ends)
            edge[TAIL] = (uint32_t)(stop - at) << 2 | colour;
        if (whole || (!begins && !ends)) {
            if (colour == BLACK)
                c->histogram[l->diagonal ? DIAGONAL : VERTICAL][stop - at]++;
            if (colour == WHITE && !l->diagonal)
                c->histogram[begins || ends ? BORDER : INNER][stop - at]++;
        }
        if (colour == REMOVED) { /* the lines behind know nothing of those before */
            c->gap_sum += last != SIZE_MAX && !whole ? last_end - last - 1 : 0;
            edge[LAST] = edge[END] = RQA__EDGE_NONE;
            last = SIZE_MAX;
            is_cut = 1;
        }
        if (colour != BLACK)
            continue;
        if (whole || !begins) {
            if (last != SIZE_MAX) {
                if (!l->diagonal)
                    c->histogram[TIME][at - last]++;
                c->gap_sum += whole ? at - (last_end - 1) : 0;
            } else if (!is_cut) {
                edge[FIRST] = (uint32_t)at;
            }
            edge[LAST] = (uint32_t)at;
            last = at;
        }
        last_end = stop;
        edge[END] = (uint32_t)stop;
    }
}

/* ---- what a part must be ---- */

static void count_points(counts *c, const part_matrix *m, size_t first, size_t end)
{
    const rqa__task *t = m->task;
    const int64_t n = (int64_t)smaller(m->n_x, m->n_y);
    for (size_t i = 0; i < m->n_x; i++)
        for (size_t j = 0; j < m->n_y; j++) {
            const line column = line_of(m, 0, i);
            if (!m->recurs[i * m->n_y + j] || !in_part(&column, j, first, end))
                continue;
            c->points += !(t->upper_only && i > j) && distance(i, j) >= t->theiler_points;
            if (t->relation == RQA__RELATION_AUTO)
                c->offsets[distance(i, j)] += j <= i;
            else if ((int64_t)i < n && (int64_t)j < n)
                c->offsets[(int64_t)j - (int64_t)i + n - 1]++;
        }
}

typedef struct report {
    char *text;
    size_t size;
} report;

__attribute__((format(printf, 2, 3))) static void say(const report *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (r->text[0] == '\0')
        vsnprintf(r->text, r->size, format, args);
    va_end(args);
}

static const uint32_t *word_of(const rqa__edges *e, int word)
{
    const uint32_t *const words[N_WORDS] = {e->head, e->tail, e->first, e->last, e->end};
    return words[word];
}

/* Counts the lines of a direction and compares their edges, if it is wanted and has some. */
static void check_lines(counts *c, const part_matrix *m, int diagonal, size_t first, size_t end,
                        const rqa__edges *edges, const report *r)
{
    const char *name = diagonal ? "diagonals" : "columns";
    const int edged = has_edges(m, diagonal);
    const int times = !diagonal && m->task->tallies & RQA__TALLY_RECURRENCE_TIME;
    size_t n = 0;
    for (size_t index = 0; index < n_lines_of(m, diagonal); index++) {
        const line l = piece_of(line_of(m, diagonal, index), first, end);
        uint32_t edge[N_WORDS];
        if (l.begin == l.end)
            continue;
        /* The mirror image of a diagonal is counted, but has no edges of its own. */
        const int mirror = diagonal && is_symmetric(m) && l.number < 0;
        if (is_counted(&l) && !(mirror && m->task->upper_only))
            count_runs(c, &l, !edged, edge);
        if (mirror || !edged)
            continue;
        if (n == 0 && edges->first_line != l.number)
            say(r, "first of %s: %lld, expected %lld", name, (long long)edges->first_line,
                (long long)l.number);
        if (n < edges->n_lines && !is_counted(&l) && edges->head[n] != RQA__EDGE_NONE)
            say(r, "%s %lld: head %x though it is not counted", name, (long long)l.number,
                edges->head[n]);
        for (int k = 0; n < edges->n_lines && is_counted(&l) && k < (times ? N_WORDS : 2); k++)
            if (word_of(edges, k)[n] != edge[k])
                say(r, "%s %lld: %s %x, expected %x", name, (long long)l.number, word_name[k],
                    word_of(edges, k)[n], edge[k]);
        n++;
    }
    if (edges->n_lines != n)
        say(r, "%s: %llu edges, expected %zu", name, (unsigned long long)edges->n_lines, n);
}

static void check_histogram(const counts *c, int kind, const rqa__spectrum *s, const report *r)
{
    size_t at = 0;
    for (size_t l = 0; l < c->n; l++) {
        uint64_t got = at < s->n_bins && s->bin[at].length == l ? s->bin[at++].count : 0;
        if (got != c->histogram[kind][l])
            say(r, "%s[%zu]: %llu, expected %llu", kind_name[kind], l, (unsigned long long)got,
                (unsigned long long)c->histogram[kind][l]);
    }
    if (at != s->n_bins)
        say(r, "%s: stray bins", kind_name[kind]);
}

static void check_number(const char *name, uint64_t got, uint64_t expected, const report *r)
{
    if (got != expected)
        say(r, "%s: %llu, expected %llu", name, (unsigned long long)got,
            (unsigned long long)expected);
}

void part_check(const part_matrix *m, size_t first, size_t end, const rqa__tally *tally,
                char *wrong, size_t size)
{
    const report r = {wrong, size};
    const uint32_t tallies = m->task->tallies;
    static const uint32_t wanted[N_KINDS] = {RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL,
                                             RQA__TALLY_WHITE, RQA__TALLY_WHITE,
                                             RQA__TALLY_RECURRENCE_TIME};
    const rqa__spectrum *const spectrum[N_KINDS] = {&tally->diagonal, &tally->vertical,
                                                    &tally->white_inner, &tally->white_border,
                                                    &tally->recurrence_time};
    counts c;
    counts_create(&c, m);
    count_points(&c, m, first, end);
    check_number("points", tally->points, c.points, &r);
    if (tallies & RQA__TALLY_DIAGONAL)
        check_lines(&c, m, 1, first, end, &tally->diagonals, &r);
    else
        check_number("edges of diagonals", tally->diagonals.n_lines, 0, &r);
    if (tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE))
        check_lines(&c, m, 0, first, end, &tally->columns, &r);
    else
        check_number("edges of columns", tally->columns.n_lines, 0, &r);
    for (int k = 0; k < N_KINDS; k++)
        if (tallies & wanted[k])
            check_histogram(&c, k, spectrum[k], &r);
    if (tallies & RQA__TALLY_RECURRENCE_TIME)
        check_number("gap sum", tally->gap_sum, c.gap_sum, &r);
    if (tallies & RQA__TALLY_OFFSETS)
        check_number("offsets", tally->n_offsets, c.n_offsets, &r);
    for (size_t k = 0; tallies & RQA__TALLY_OFFSETS && k < c.n_offsets; k++)
        check_number("offset", tally->offset_points[k], c.offsets[k], &r);
    counts_destroy(&c);
}

/* ---- joining ---- */

/* A line on its way through the parts. */
typedef struct open_line {
    unsigned colour;
    size_t start, last, end;
} open_line;

struct part_join {
    const part_matrix *m;
    counts c;
    uint64_t last_lengths; /* cells beyond their first of the last lines of what nothing cuts */
    open_line *open[2];    /* columns, diagonals */
};

part_join *part_join_create(const part_matrix *m)
{
    part_join *join = calloc(1, sizeof *join);
    join->m = m;
    counts_create(&join->c, m);
    for (int d = 0; d < 2; d++) {
        const size_t n = n_lines_of(m, d);
        join->open[d] = malloc((n + 1) * sizeof *join->open[d]);
        for (size_t k = 0; k < n; k++)
            join->open[d][k] = (open_line){NO_COLOUR, 0, SIZE_MAX, 0};
    }
    return join;
}

/* A whole run of a whole line. */
static void close_run(part_join *join, const line *whole, const open_line *open, size_t at)
{
    const int symmetric = is_symmetric(join->m) && !join->m->task->upper_only;
    const int border = open->start == whole->begin || at == whole->end;
    const size_t length = at - open->start;
    if (open->colour == BLACK && whole->diagonal)
        join->c.histogram[DIAGONAL][length] += symmetric && whole->number > 0 ? 2 : 1;
    else if (open->colour == BLACK)
        join->c.histogram[VERTICAL][length]++;
    else if (open->colour == WHITE && !whole->diagonal)
        join->c.histogram[border ? BORDER : INNER][length]++;
}

static void start_line(part_join *join, open_line *open, size_t at)
{
    if (open->last != SIZE_MAX)
        join->c.histogram[TIME][at - open->last]++;
    open->last = at;
}

/* Its last line has no next. */
static void end_lines(part_join *join, const open_line *open)
{
    join->last_lengths += open->last == SIZE_MAX ? 0 : open->end - open->last - 1;
}

static int has_removed(const line *piece)
{
    size_t at = piece->begin;
    while (at < piece->end && colour_of(piece, at) != REMOVED)
        at++;
    return at < piece->end;
}

static void join_piece(part_join *join, const line *whole, const line *piece, open_line *open,
                       const rqa__edges *e, size_t k)
{
    const size_t head = e->head[k] >> 2, tail = e->tail[k] >> 2;
    if ((e->head[k] & 3) != open->colour) {
        close_run(join, whole, open, piece->begin);
        open->colour = e->head[k] & 3;
        open->start = piece->begin;
        if (open->colour == BLACK && !whole->diagonal)
            start_line(join, open, piece->begin);
    }
    if (head < piece->end - piece->begin) {
        close_run(join, whole, open, piece->begin + head);
        open->colour = e->tail[k] & 3;
        open->start = piece->end - tail;
    }
    if (!e->first)
        return;
    const int is_cut = has_removed(piece);
    if ((e->head[k] & 3) == BLACK)
        open->end = piece->begin + head;
    if (e->first[k] != RQA__EDGE_NONE)
        start_line(join, open, e->first[k]);
    else if (is_cut)
        end_lines(join, open);
    if (is_cut || e->first[k] != RQA__EDGE_NONE)
        open->last = e->last[k] == RQA__EDGE_NONE ? SIZE_MAX : e->last[k];
    if (is_cut || e->end[k] != RQA__EDGE_NONE)
        open->end = e->end[k];
}

static void add_spectrum(uint64_t *histogram, const rqa__spectrum *s)
{
    for (size_t k = 0; k < s->n_bins; k++)
        histogram[s->bin[k].length] += s->bin[k].count;
}

void part_join_add(part_join *join, size_t first, size_t end, const rqa__tally *tally)
{
    const rqa__edges *const edges[2] = {&tally->columns, &tally->diagonals};
    join->c.points += tally->points;
    join->c.gap_sum += tally->gap_sum;
    add_spectrum(join->c.histogram[DIAGONAL], &tally->diagonal);
    add_spectrum(join->c.histogram[VERTICAL], &tally->vertical);
    add_spectrum(join->c.histogram[INNER], &tally->white_inner);
    add_spectrum(join->c.histogram[BORDER], &tally->white_border);
    add_spectrum(join->c.histogram[TIME], &tally->recurrence_time);
    for (size_t k = 0; k < tally->n_offsets; k++)
        join->c.offsets[k] += tally->offset_points[k];
    for (int d = 0; d < 2; d++)
        for (size_t k = 0; k < edges[d]->n_lines; k++) {
            const int64_t number = edges[d]->first_line + (int64_t)k;
            const size_t index = (size_t)(number + (d ? (int64_t)join->m->n_x - 1 : 0));
            const line whole = line_of(join->m, d, index), piece = piece_of(whole, first, end);
            if (edges[d]->head[k] != RQA__EDGE_NONE)
                join_piece(join, &whole, &piece, &join->open[d][index], edges[d], k);
        }
}

static rqa__spectrum spectrum_of(const counts *c, int kind, rqa__bin **bin)
{
    rqa__spectrum s = {*bin, 0};
    for (size_t l = 0; l < c->n; l++)
        if (c->histogram[kind][l])
            (*bin)[s.n_bins++] = (rqa__bin){l, c->histogram[kind][l]};
    *bin += s.n_bins;
    return s;
}

/* start of the later minus last row of the earlier, over all columns at once; parts have given what
 * they know of lines before removed cells */
static uint64_t gap_sum_of(const part_join *join)
{
    uint64_t distances = 0, cells = 0;
    for (size_t l = 1; l < join->c.n; l++) {
        distances += l * join->c.histogram[TIME][l];
        cells += (l - 1) * join->c.histogram[VERTICAL][l];
    }
    return distances - cells + join->last_lengths + join->c.gap_sum;
}

int part_join_finish(part_join *join, uint32_t threshold_index, rqa__tally_sink sink, void *user)
{
    for (int d = 0; d < 2; d++)
        for (size_t k = 0; k < n_lines_of(join->m, d); k++) {
            const line whole = line_of(join->m, d, k);
            const open_line *open = &join->open[d][k];
            close_run(join, &whole, open, whole.end);
            end_lines(join, open);
        }
    rqa__bin *block = malloc(N_KINDS * join->c.n * sizeof *block), *bin = block;
    rqa__tally tally = {.points = join->c.points,
                        .gap_sum = has_edges(join->m, 0) ? gap_sum_of(join) : join->c.gap_sum,
                        .diagonal = spectrum_of(&join->c, DIAGONAL, &bin),
                        .vertical = spectrum_of(&join->c, VERTICAL, &bin),
                        .white_inner = spectrum_of(&join->c, INNER, &bin),
                        .white_border = spectrum_of(&join->c, BORDER, &bin),
                        .recurrence_time = spectrum_of(&join->c, TIME, &bin),
                        .offset_points = join->c.offsets,
                        .n_offsets = join->c.n_offsets};
    int status = sink(user, 0, threshold_index, &tally);
    free(block);
    counts_destroy(&join->c);
    free(join->open[0]);
    free(join->open[1]);
    free(join);
    return status;
}
