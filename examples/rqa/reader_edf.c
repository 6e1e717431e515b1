/* reader_edf.c - EDF, EDF+ and BDF recordings.
 *
 * EDF: Kemp et al., Electroencephalography and Clinical Neurophysiology 82 (1992) 391; EDF+: Kemp
 * and Olivan, Clinical Neurophysiology 114 (2003) 1755; BDF is EDF with 24 instead of 16 bits. A
 * header of 256 bytes and 256 for each signal, all text; then records, each with some samples of
 * every signal, little-endian two's complement. A sample d stands for the physical value
 *
 *     ((d - digital minimum) * (physical maximum - physical minimum))
 *         / (digital maximum - digital minimum) + physical minimum
 *
 * computed in doubles in this order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"
#include "reader_number.h"

enum {
    FIXED_BYTES = 256, /* of the header, and for each signal */
    MOST_SIGNALS = 9999,
    LONGEST_RECORD = 1 << 26 /* bytes; the format asks for at most 61440 */
};

typedef struct edf_signal {
    char *name;
    size_t n_samples, first_byte; /* in a record */
    double digital_min, digital_range, physical_min, physical_range;
    int is_text; /* annotations */
} edf_signal;

typedef struct edf_reader {
    reader_binary binary;
    reader_bytes *bytes;
    int sample_bytes; /* 2 or 3 */
    size_t n_all;     /* signals, annotations included */
    edf_signal *all;
    size_t n_signals;          /* those that hold samples */
    const edf_signal **signal; /* of `all` */
    int64_t n_records;         /* -1: as many as there are */
    double record_seconds;
    size_t record_bytes;
    unsigned char *record;
} edf_reader;

int reader_edf_is(const unsigned char *data, size_t n)
{
    if (n >= 8 && memcmp(data,
                         "\xff"
                         "BIOSEMI",
                         8) == 0)
        return 1;
    if (n < FIXED_BYTES || memcmp(data, "0       ", 8) != 0)
        return 0;
    /* A row of a text table may begin so too: but no table has these fields at these places. */
    static const struct {
        size_t from, to;
    } numbers[] = {{184, 192}, {236, 256}};
    for (size_t k = 0; k < 2; k++)
        for (size_t c = numbers[k].from; c < numbers[k].to; c++)
            if (!data[c] || !strchr(" 0123456789.-+eE", data[c]))
                return 0;
    return data[184] != ' ' && data[236] != ' ';
}

static int fail(const edf_reader *r, const char *what)
{
    return reader_fail(r->binary.error, READER_OF_INPUT, "%s: %s", r->binary.file, what);
}

/* A field of the header without the blanks around it. */
static size_t trim(const unsigned char **field, size_t n)
{
    while (n > 0 && ((*field)[n - 1] == ' ' || (*field)[n - 1] == 0))
        n--;
    while (n > 0 && **field == ' ') {
        (*field)++;
        n--;
    }
    return n;
}

static int parse(double *out, const unsigned char *field, size_t n)
{
    char decimal = '.';
    n = trim(&field, n);
    return reader_number((const char *)field, n, &decimal, out) && isfinite(*out);
}

static int parse_whole(double *out, const unsigned char *field, size_t n, double least, double most)
{
    return parse(out, field, n) && *out == floor(*out) && *out >= least && *out <= most;
}

static int read_fixed(edf_reader *r)
{
    unsigned char head[FIXED_BYTES];
    size_t got;
    double n_bytes, n_records, n_signals;
    if (reader_bytes_read(r->bytes, head, sizeof head, &got, r->binary.error) != 0)
        return -1;
    if (got < sizeof head)
        return fail(r, "the EDF header is cut short");
    r->sample_bytes = head[0] == 0xff ? 3 : 2;
    r->binary.kind = head[0] == 0xff ? "a BDF file" : "an EDF file";
    if (!parse_whole(&n_signals, head + 252, 4, 1, MOST_SIGNALS))
        return fail(r, "the EDF header has no number of signals, 1 to 9999");
    if (!parse_whole(&n_bytes, head + 184, 8, 0, 1e9) || n_bytes != FIXED_BYTES * (n_signals + 1))
        return fail(r, "the EDF header does not have the length that it states");
    if (!parse_whole(&n_records, head + 236, 8, -1, 99999999))
        return fail(r, "the EDF header has no number of records");
    if (!parse(&r->record_seconds, head + 244, 8) || r->record_seconds < 0)
        return fail(r, "the EDF header has no duration of a record");
    if (memcmp(head + 192, "EDF+D", 5) == 0 || memcmp(head + 192, "BDF+D", 5) == 0)
        return fail(r,
                    "the recording has gaps (EDF+D), and samples beside a gap do not follow each "
                    "other; save its parts as files of their own");
    r->n_all = (size_t)n_signals;
    r->n_records = (int64_t)n_records;
    return 0;
}

static int read_signal(edf_reader *r, edf_signal *s, const unsigned char *head, size_t k)
{
    static const size_t place[] = {0,   104, 112,
                                   120, 128, 216}; /* before a field, for each signal */
    const unsigned char *label = head + 16 * k;
    double n_samples, physical_max, digital_max;
    size_t n_label = trim(&label, 16);
    s->name = reader_text_copy(r->binary.request->memory, (const char *)label, n_label);
    if (!s->name)
        return reader_binary_no_memory(&r->binary);
    const unsigned char *at[6];
    for (size_t f = 0; f < 6; f++)
        at[f] = head + place[f] * r->n_all + 8 * k;
    if (!parse_whole(&n_samples, at[5], 8, 0, LONGEST_RECORD))
        return reader_fail(r->binary.error, READER_OF_INPUT,
                           "%s: signal %zu ('%s'): the header has no number of samples in a record",
                           r->binary.file, k + 1, s->name);
    s->n_samples = (size_t)n_samples;
    s->is_text = n_label == 15 && memcmp(label + 1, "DF Annotations", 14) == 0;
    if (s->is_text)
        return 0;
    if (!parse(&s->physical_min, at[1], 8) || !parse(&physical_max, at[2], 8) ||
        !parse(&s->digital_min, at[3], 8) || !parse(&digital_max, at[4], 8) ||
        digital_max == s->digital_min || physical_max == s->physical_min)
        return reader_fail(r->binary.error, READER_OF_INPUT,
                           "%s: signal %zu ('%s'): the header has no physical and digital minimum "
                           "and maximum that differ: what a sample stands for is not known",
                           r->binary.file, k + 1, s->name);
    s->physical_range = physical_max - s->physical_min;
    s->digital_range = digital_max - s->digital_min;
    return 0;
}

static int read_signals(edf_reader *r)
{
    size_t n_head = r->n_all * FIXED_BYTES, got = 0;
    unsigned char *head = malloc(n_head);
    r->all = calloc(r->n_all, sizeof *r->all);
    r->signal = calloc(r->n_all, sizeof *r->signal);
    int status = head && r->all && r->signal ? 0 : reader_binary_no_memory(&r->binary);
    if (status == 0)
        status = reader_bytes_read(r->bytes, head, n_head, &got, r->binary.error);
    if (status == 0 && got < n_head)
        status = fail(r, "the EDF header is cut short");
    for (size_t k = 0; k < r->n_all && status == 0; k++) {
        edf_signal *s = &r->all[k];
        status = read_signal(r, s, head, k);
        s->first_byte = r->record_bytes;
        r->record_bytes += s->n_samples * (size_t)r->sample_bytes;
        if (status == 0 && r->record_bytes > LONGEST_RECORD)
            status = fail(r, "a record of the header is longer than 64 MiB");
        if (!s->is_text && s->n_samples > 0)
            r->signal[r->n_signals++] = s;
    }
    free(head);
    if (status == 0 && r->n_signals == 0)
        return fail(r, "the recording holds annotations and no signal");
    return status;
}

static int choose(edf_reader *r)
{
    char **names = calloc(r->n_signals, sizeof *names);
    if (!names)
        return reader_binary_no_memory(&r->binary);
    for (size_t k = 0; k < r->n_signals; k++)
        names[k] = r->signal[k]->name;
    int status = reader_binary_begin(&r->binary, names, r->n_signals, NULL);
    free(names);
    return status;
}

static double rate_of(const edf_reader *r, const edf_signal *s)
{
    return r->record_seconds > 0 ? (double)s->n_samples / r->record_seconds : 0.0;
}

/* "Fp1 256 Hz, Resp 32 Hz": the first signal of each rate among those that are wanted. */
static int fail_rates(const edf_reader *r)
{
    const reader_binary *b = &r->binary;
    char list[320];
    size_t used = 0;
    for (size_t k = 0; k < b->n_wanted && used + 60 < sizeof list; k++) {
        const edf_signal *s = r->signal[b->wanted[k]];
        size_t first = 0, same = 0;
        for (size_t c = 0; c < b->n_wanted; c++)
            same += r->signal[b->wanted[c]]->n_samples == s->n_samples;
        while (r->signal[b->wanted[first]]->n_samples != s->n_samples)
            first++;
        if (first != k)
            continue;
        int n = snprintf(list + used, sizeof list - used, "%s%s", used ? "; " : "", s->name);
        used += (size_t)n;
        if (same > 1)
            n = snprintf(list + used, sizeof list - used, " and %zu more", same - 1),
            used += (size_t)n;
        n = snprintf(list + used, sizeof list - used, ": %.6g Hz", rate_of(r, s));
        used += (size_t)n;
    }
    return reader_fail(b->error, READER_OF_INPUT,
                       "%s: its signals have different sampling rates (%s); choose signals of one "
                       "rate, by name or number: --columns '%s'",
                       b->file, list, r->signal[b->wanted[0]]->name);
}

static double value_of(const edf_reader *r, const edf_signal *s, size_t k)
{
    const unsigned char *at = r->record + s->first_byte + k * (size_t)r->sample_bytes;
    int32_t digital = at[0] | at[1] << 8;
    if (r->sample_bytes == 3)
        digital |= at[2] << 16;
    const int32_t sign = r->sample_bytes == 3 ? 1 << 23 : 1 << 15;
    digital = (digital ^ sign) - sign;
    return ((double)digital - s->digital_min) * s->physical_range / s->digital_range +
           s->physical_min;
}

static int take_record(edf_reader *r)
{
    reader_binary *b = &r->binary;
    size_t n = r->signal[b->wanted[0]]->n_samples;
    for (size_t k = 0; k < n; k++, b->table->n_rows++)
        for (size_t c = 0; c < b->n_wanted; c++)
            if (reader_binary_put(b, value_of(r, r->signal[b->wanted[c]], k)) != 0)
                return -1;
    return 0;
}

static int read_records(edf_reader *r)
{
    const reader_binary *b = &r->binary;
    int64_t n = 0;
    size_t got = 0;
    r->record = malloc(r->record_bytes);
    if (!r->record)
        return reader_binary_no_memory(b);
    for (; r->n_records < 0 || n < r->n_records; n++) {
        if (reader_bytes_read(r->bytes, r->record, r->record_bytes, &got, b->error) != 0)
            return -1;
        if (got == 0 && r->n_records < 0)
            break;
        if (got < r->record_bytes)
            return reader_fail(b->error, READER_OF_INPUT,
                               "%s: the file ends within record %lld of %lld; a complete file is "
                               "expected",
                               b->file, (long long)n + 1,
                               (long long)(r->n_records < 0 ? n + 1 : r->n_records));
        if (take_record(r) != 0)
            return -1;
    }
    if (b->table->n_rows == 0)
        return fail(r, "the recording holds no record");
    if (reader_bytes_need(r->bytes, 1, b->error) != 0)
        return -1;
    if (r->bytes->length > r->bytes->position)
        return fail(r, "the file goes on after the records that its header counts");
    return 0;
}

int reader_edf_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    edf_reader r = {
        .binary = {.table = out, .request = request, .file = bytes->name, .error = error},
        .bytes = bytes};
    int status = read_fixed(&r);
    if (status == 0)
        status = read_signals(&r);
    if (status == 0)
        status = choose(&r);
    for (size_t k = 1; k < r.binary.n_wanted && status == 0; k++)
        if (r.signal[r.binary.wanted[k]]->n_samples != r.signal[r.binary.wanted[0]]->n_samples)
            status = fail_rates(&r);
    if (status == 0)
        out->sampling_rate = rate_of(&r, r.signal[r.binary.wanted[0]]);
    if (status == 0)
        status = read_records(&r);
    for (size_t k = 0; r.all && k < r.n_all; k++)
        free(r.all[k].name);
    reader_binary_end(&r.binary);
    free(r.all);
    free(r.signal);
    free(r.record);
    return status;
}
