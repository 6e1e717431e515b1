/* reader_clock.c - is a column a clock, or a count of the rows, rather than something measured? */
#include "reader_clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader_number.h"

/* --- names ------------------------------------------------------------------------------------ */

enum { LONGEST_NAME = 100, MOST_WORDS = 8, LONGEST_WORD = 24 };

typedef struct name_words {
    char word[MOST_WORDS][LONGEST_WORD];
    size_t n;
} name_words;

static const char *const sure_words[] = {
    "t",     "time", "times",   "timestamp", "timestamps", "seconds", "sec",  "secs",
    "ms",    "msec", "date",    "datetime",  "year",       "years",   "zeit", "zeitpunkt",
    "datum", "jahr", "uhrzeit", "temps",     "tiempo",     "tijd",    "czas", "timecode"};
/* The first six also stand behind a bare t: t_min is a smallest temperature. */
enum { N_SHORT_UNITS = 6 };
static const char *const unit_words[] = {
    "s",       "ms",    "us",   "ns",     "sec",          "secs",         "min",         "seconds",
    "minutes", "hours", "msec", "millis", "milliseconds", "microseconds", "nanoseconds", "h"};
static const char *const maybe_words[] = {
    "time",     "zeit",   "temps",   "tiempo",   "tempo",   "tijd",    "czas",    "clock",
    "index",    "idx",    "frame",   "frames",   "sample",  "samples", "row",     "rows",
    "rownames", "nr",     "no",      "id",       "count",   "counter", "number",  "num",
    "year",     "date",   "day",     "days",     "month",   "hour",    "hours",   "minute",
    "minutes",  "second", "seconds", "sec",      "ms",      "epoch",   "elapsed", "age",
    "tick",     "ticks",  "seq",     "sequence", "unnamed", "jahr",    "datum",   "line"};

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The name's words in lower case, cut at other characters and at "aB"; what brackets hold is a
 * unit. */
static void cut_words(name_words *out, const char *name)
{
    size_t length = 0;
    int depth = 0;
    out->n = 0;
    for (size_t k = 0; name[k] && k < LONGEST_NAME; k++) {
        char c = name[k];
        depth += (strchr("([{", c) != NULL) - (strchr(")]}", c) != NULL && depth > 0);
        int inside = depth == 0 && (is_letter(c) || (c >= '0' && c <= '9'));
        int begins = inside && (length == 0 || (is_upper(c) && !is_upper(name[k - 1])));
        if (begins) {
            if (out->n == MOST_WORDS)
                return;
            out->n++;
            length = 0;
        }
        if (!inside)
            length = 0;
        else if (length + 1 < LONGEST_WORD)
            out->word[out->n - 1][length++] = reader_lower(c);
        if (inside)
            out->word[out->n - 1][length] = 0;
    }
}

static int is_among(const char *word, const char *const *words, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(word, words[k]) == 0)
            return 1;
    return 0;
}

#define IS_AMONG(word, words) is_among(word, words, sizeof(words) / sizeof(words)[0])

reader_clock_name reader_clock_by_name(const char *name)
{
    name_words words;
    cut_words(&words, name);
    if (words.n == 0)
        return READER_NO_CLOCK;
    size_t n = words.n;
    size_t n_units = strcmp(words.word[0], "t") == 0 ? (size_t)N_SHORT_UNITS
                                                     : sizeof unit_words / sizeof unit_words[0];
    if (n == 2 && is_among(words.word[1], unit_words, n_units))
        n = 1;
    if (n == 1 && IS_AMONG(words.word[0], sure_words))
        return READER_SURE_CLOCK;
    reader_clock_name found = READER_NO_CLOCK;
    for (size_t k = 0; k < words.n; k++) {
        const char *word = words.word[k];
        if (strstr(word, "timestamp") || strstr(word, "zeitstempel") || strstr(word, "datetime") ||
            (k > 0 && strcmp(words.word[k - 1], "time") == 0 && strcmp(word, "stamp") == 0))
            return READER_SURE_CLOCK;
        if (IS_AMONG(word, maybe_words))
            found = READER_MAYBE_CLOCK;
    }
    return found;
}

/* --- values ----------------------------------------------------------------------------------- */

enum { LEAST_STEPS = 3, FEW_STEPS = 9, MOST_STEPS = 1000 };

/* Walks through the rows of each recording. */
typedef struct walk {
    const reader_table *table;
    size_t column, row;
    double *last; /* of each part; NaN before its first row */
    double single;
} walk;

static int begin_walk(walk *w, const reader_table *table, size_t column)
{
    size_t n = table->parts ? table->n_parts : 1;
    w->table = table;
    w->column = column;
    w->row = 0;
    w->last = table->parts ? malloc(n * sizeof *w->last) : &w->single;
    for (size_t k = 0; w->last && k < n; k++)
        w->last[k] = (double)NAN;
    return w->last ? 0 : -1;
}

static void end_walk(walk *w)
{
    if (w->last != &w->single)
        free(w->last);
}

/* The next step from a row to the next of its recording; 0 at the end. */
static int next_step(walk *w, double *step)
{
    const reader_table *table = w->table;
    while (w->row < table->n_rows) {
        double value = table->values[w->row * table->n_columns + w->column];
        double *last = &w->last[table->parts ? table->parts[w->row] : 0];
        int is_first = isnan(*last) && !isnan(value);
        w->row++;
        *step = value - *last;
        *last = value;
        if (!is_first)
            return 1;
    }
    return 0;
}

/* Number of steps, 0 if they do not all go one way. A missing value has none. */
static size_t count_monotone(const reader_table *table, size_t column)
{
    walk w;
    double step, way = 0;
    size_t n = 0;
    if (begin_walk(&w, table, column) != 0)
        return 0;
    for (; next_step(&w, &step); n++) {
        way = n == 0 ? step : way;
        if (!(way > 0 ? step > 0 : step < 0) || !isfinite(step)) {
            n = 0;
            break;
        }
    }
    end_walk(&w);
    return n;
}

int reader_clock_is_constant(const reader_table *table, size_t column)
{
    const double *value = table->values + column;
    size_t row = 1;
    while (row < table->n_rows && value[row * table->n_columns] == value[0])
        row++;
    return row >= table->n_rows;
}

int reader_clock_is_monotone(const reader_table *table, size_t column)
{
    return count_monotone(table, column) >= LEAST_STEPS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of up to a thousand steps, evenly chosen. */
static double usual_step(walk *w, size_t n)
{
    double steps[MOST_STEPS], step;
    size_t every = (n + MOST_STEPS - 1) / MOST_STEPS, n_taken = 0;
    for (size_t k = 0; next_step(w, &step); k++)
        if (k % every == 0 && n_taken < MOST_STEPS)
            steps[n_taken++] = step;
    qsort(steps, n_taken, sizeof *steps, compare);
    return steps[n_taken / 2];
}

/* Does no value lie further than a step from the line through the first and the last? Then the
 * clock is a coarse one, rounded to a part of its step. */
static int is_along_line(const reader_table *table, size_t column)
{
    const double *value = table->values + column;
    size_t n = table->n_rows;
    double first = value[0], step = (value[(n - 1) * table->n_columns] - first) / (double)(n - 1);
    for (size_t k = 0; k < n; k++)
        if (fabs(value[k * table->n_columns] - first - step * (double)k) > fabs(step))
            return 0;
    return 1;
}

int reader_clock_is_even(const reader_table *table, size_t column, double *step)
{
    walk w;
    size_t n = count_monotone(table, column), n_even = 0;
    double largest = 0, here;
    if (n < LEAST_STEPS || begin_walk(&w, table, column) != 0)
        return 0;
    *step = usual_step(&w, n);
    end_walk(&w);
    for (size_t k = 0; k < table->n_rows; k++)
        largest = fmax(largest, fabs(table->values[k * table->n_columns + column]));
    /* A few numbers rise evenly by chance, unless the steps are the same. */
    double tolerance = n < FEW_STEPS ? 1e-6 * fabs(*step) + 1e-15 * largest : fabs(*step) / 4;
    if (begin_walk(&w, table, column) != 0)
        return 0;
    while (next_step(&w, &here))
        n_even += fabs(here - *step) <= tolerance;
    end_walk(&w);
    if (n < FEW_STEPS)
        return n_even == n;
    return (double)n_even >= 0.9 * (double)n || (!table->parts && is_along_line(table, column));
}
