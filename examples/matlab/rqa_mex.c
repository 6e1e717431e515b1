/* rqa_mex.c - librqa for MATLAB and Octave: jobs by number, their options and results as structs. The
 * M-files beside it are what people call.
 *
 *     id = rqa_mex('number')                       for a job, so that its end can be seen to before
 *     rqa_mex('start', id, kind, x, y, options)    see kinds below; y may be []
 *     ended = rqa_mex('wait', id, seconds)
 *     results = rqa_mex('take', id)                errors of the computation come here
 *     shares = rqa_mex('shares', id, max_pixels)   of the kind 'matrix'
 *     rqa_mex('close', id)                         cancels what is at work, if anything is
 *     names = rqa_mex('names', option)
 *     version = rqa_mex('version')
 *
 * Errors have the identifier rqa:STATUS, such as rqa:value, and librqa's one line. The interpreter
 * leaves a MEX file by way of an exception when there is an error; librqa is never below it then, and
 * nothing is allocated that would be lost. A file with open jobs is locked, for their threads run in
 * it; mexAtExit closes them when the interpreter ends.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mex.h>

#include "host_job.h"
#include "host_names.h"

/* ---- jobs by number ---- */

typedef struct entry {
    double id;
    host_job *job;
} entry;

static entry *entries;
static size_t n_entries;
static double last_id;

static void close_all(void)
{
    for (size_t k = 0; k < n_entries; k++)
        host_job_close(entries[k].job);
    free(entries);
    entries = NULL;
    n_entries = 0;
}

/* Room for one more; its job is NULL. */
static entry *new_entry(double id)
{
    entry *grown = realloc(entries, (n_entries + 1) * sizeof *entries);
    if (!grown)
        return NULL;
    entries = grown;
    entries[n_entries].id = id;
    entries[n_entries].job = NULL;
    return &entries[n_entries++];
}

static void drop_entry(entry *dropped)
{
    host_job_close(dropped->job);
    *dropped = entries[--n_entries];
    if (n_entries == 0 && mexIsLocked())
        mexUnlock();
}

static entry *find_entry(const mxArray *id)
{
    if (mxIsDouble(id) && mxGetNumberOfElements(id) == 1)
        for (size_t k = 0; k < n_entries; k++)
            if (entries[k].id == mxGetScalar(id))
                return &entries[k];
    return NULL;
}

/* ---- errors ---- */

/* rqa:value for RQA_ERROR_VALUE. */
static void fail(rqa_status status, const char *text)
{
    char id[64] = "rqa:";
    const char *name = rqa_status_name(status);
    if (strncmp(name, "RQA_ERROR_", 10) == 0)
        name += 10;
    size_t n = 4;
    for (; *name && n + 1 < sizeof id; name++)
        id[n++] = (char)tolower((unsigned char)*name);
    id[n] = '\0';
    mexErrMsgIdAndTxt(id, "%s", text);
}

static void wrong_use(const char *text)
{
    mexErrMsgIdAndTxt("rqa:internal", "%s", text);
}

static host_job *job_of(int n_in, const mxArray *in[])
{
    entry *found = n_in > 1 ? find_entry(in[1]) : NULL;
    if (!found)
        wrong_use("the job is closed");
    return found->job;
}

/* ---- to a request ---- */

static void read_recording(host_recording *out, const mxArray *array)
{
    if (!mxIsDouble(array) || mxIsComplex(array) || mxIsSparse(array) ||
        mxGetNumberOfDimensions(array) != 2)
        wrong_use("a recording is a full, real matrix of doubles, samples x channels");
    out->values = mxGetPr(array);
    out->n_samples = mxGetM(array);
    out->n_channels = mxGetN(array);
    out->label = NULL;
}

/* Into a buffer of the caller's: Octave keeps what mxArrayToString() allocates. Empty where it is no
 * text. */
static void read_text(char *out, size_t size, const mxArray *array)
{
    out[0] = '\0';
    if (array && mxIsChar(array) && mxGetString(array, out, (mwSize)size) != 0)
        wrong_use("a text is too long");
}

static rqa_status set_text(host_request *request, const char *name, const mxArray *value)
{
    char text[HOST_PATH_SIZE];
    read_text(text, sizeof text, value);
    return host_set_text(request, name, text);
}

static rqa_status set_texts(host_request *request, const char *name, const mxArray *cells)
{
    rqa_status status = RQA_OK;
    for (size_t k = 0; k < mxGetNumberOfElements(cells) && !status; k++)
        status = set_text(request, name, mxGetCell(cells, (mwIndex)k));
    return status;
}

static rqa_status set_option(host_request *request, const char *name, const mxArray *value)
{
    if (mxIsChar(value))
        return set_text(request, name, value);
    if (mxIsCell(value))
        return set_texts(request, name, value);
    if (mxGetNumberOfElements(value) == 1 && (mxIsNumeric(value) || mxIsLogical(value)) &&
        !mxIsComplex(value))
        return host_set_number(request, name, mxGetScalar(value));
    snprintf(request->text, sizeof request->text, "%.64s must be one real number, or a name", name);
    return RQA_ERROR_VALUE;
}

static int32_t kind_of(const mxArray *name)
{
    static const struct {
        const char *name;
        int32_t kind;
    } kinds[] = {{"analyze", HOST_ANALYZE}, {"cells", HOST_CELLS},     {"matrix", HOST_MATRIX},
                 {"picture", HOST_PICTURE}, {"windows", HOST_WINDOWS}, {"suggest", HOST_SUGGEST}};
    char given[16];
    read_text(given, sizeof given, name);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].name, given) == 0)
            return kinds[k].kind;
    wrong_use("there is no such kind of job");
    return 0;
}

/* ---- from results ---- */

static void put(mxArray *to, const char *name, mxArray *value)
{
    mxSetFieldByNumber(to, 0, mxAddField(to, name), value);
}

static mxArray *new_struct(void)
{
    return mxCreateStructMatrix(1, 1, 0, NULL);
}

static void put_number(mxArray *to, const char *name, double value)
{
    put(to, name, mxCreateDoubleScalar(value));
}

static mxArray *column(const double *values, size_t n)
{
    mxArray *out = mxCreateDoubleMatrix(n, 1, mxREAL);
    if (n)
        memcpy(mxGetPr(out), values, n * sizeof *values);
    return out;
}

static mxArray *provenance_struct(const rqa_provenance *p)
{
    mxArray *out = new_struct();
    put(out, "backend", mxCreateString(rqa_backend_name(p->backend)));
    put_number(out, "threads", p->n_threads);
    put(out, "convention", mxCreateString(rqa_convention_name(p->convention)));
    put_number(out, "lmin", p->lmin);
    put_number(out, "vmin", p->vmin);
    put_number(out, "wmin", p->wmin);
    put_number(out, "theiler_points", (double)p->theiler_points);
    put_number(out, "theiler_diagonal", (double)p->theiler_diagonal);
    put_number(out, "theiler_vertical", (double)p->theiler_vertical);
    put_number(out, "threshold", p->threshold);
    put_number(out, "rr_reached", p->rr_reached);
    put_number(out, "ties_at_threshold", (double)p->ties_at_threshold);
    put(out, "kernels", mxCreateString(p->kernels));
    put(out, "strategy", mxCreateString(p->strategy));
    put(out, "reason", mxCreateString(p->reason));
    put(out, "version", mxCreateString(p->version));
    return out;
}

static mxArray *histograms_struct(const rqa_metrics *metrics)
{
    mxArray *out = new_struct();
    for (int32_t h = 0; h < HOST_N_HISTOGRAMS; h++) {
        const rqa_line_bin *bins;
        size_t n;
        if (rqa_metrics_histogram(metrics, h, &bins, &n))
            continue;
        mxArray *lines = mxCreateDoubleMatrix(n, 2, mxREAL);
        for (size_t k = 0; k < n; k++) {
            mxGetPr(lines)[k] = (double)bins[k].length;
            mxGetPr(lines)[k + n] = (double)bins[k].count;
        }
        put(out, host_histogram_names[h], lines);
    }
    return out;
}

static mxArray *counts_struct(const rqa_metrics *metrics)
{
    mxArray *out = new_struct();
    for (int32_t c = 0; c < HOST_N_COUNTS; c++) {
        uint64_t count = 0;
        rqa_metrics_count(metrics, c, &count);
        put_number(out, host_count_names[c], (double)count);
    }
    return out;
}

/* Each measure by its name, then the rest. */
static mxArray *analysis_struct(const host_job *job)
{
    const rqa_metrics *metrics = host_job_results(job)->metrics;
    int32_t measures[RQA_MEASURE_COUNT];
    const size_t n = host_measures(measures, host_job_request(job)->analysis.measures);
    mxArray *out = new_struct(), *reasons = new_struct();
    for (size_t k = 0; k < n; k++) {
        double value;
        rqa_metrics_get(metrics, measures[k], &value);
        put_number(out, rqa_measure_name(measures[k]), value);
        put(reasons, rqa_measure_name(measures[k]),
            mxCreateString(rqa_reason_text(rqa_metrics_reason(metrics, measures[k]))));
    }
    rqa_provenance provenance;
    provenance.struct_size = sizeof provenance;
    rqa_metrics_provenance(metrics, &provenance);
    put(out, "reasons", reasons);
    put(out, "counts", counts_struct(metrics));
    put(out, "histograms", histograms_struct(metrics));
    put(out, "provenance", provenance_struct(&provenance));
    return out;
}

/* Columns. Samples are counted from 1. */
static mxArray *windows_struct(const host_job *job)
{
    static const char *const names[] = {"start", "end", "centre", "pairs", "points", "threshold"};
    const rqa_windows *windows = host_job_results(job)->windows;
    const size_t n = rqa_windows_count(windows);
    mxArray *out = new_struct();
    double *places[6];
    for (int c = 0; c < 6; c++) {
        mxArray *of = mxCreateDoubleMatrix(n, 1, mxREAL);
        places[c] = mxGetPr(of);
        put(out, names[c], of);
    }
    for (size_t k = 0; k < n; k++) {
        rqa_window window;
        window.struct_size = sizeof window;
        rqa_windows_at(windows, k, &window);
        const double row[] = {(double)window.start + 1, (double)window.end + 1, window.centre + 1,
                              (double)window.pairs, (double)window.points, window.threshold};
        for (int c = 0; c < 6; c++)
            places[c][k] = row[c];
    }
    int32_t measures[RQA_MEASURE_COUNT];
    const size_t n_measures = host_measures(measures, host_job_request(job)->analysis.measures);
    for (size_t m = 0; m < n_measures; m++) {
        const double *values;
        rqa_windows_values(windows, measures[m], &values, NULL, NULL);
        put(out, rqa_measure_name(measures[m]), column(values, n));
    }
    return out;
}

static mxArray *suggestion_struct(const rqa_suggestion *suggestion)
{
    mxArray *out = new_struct(), *rules = new_struct();
    for (int32_t k = 0; k < HOST_N_PICKS; k++) {
        double value;
        rqa_suggestion_value(suggestion, k, &value);
        put_number(out, host_pick_names[k], value);
        put(rules, host_pick_names[k], mxCreateString(rqa_suggestion_rule(suggestion, k)));
    }
    for (int32_t k = 0; k < HOST_N_CURVES; k++) {
        const double *values;
        size_t n;
        rqa_suggestion_curve(suggestion, k, &values, &n);
        put(out, host_curve_names[k], column(values, n));
    }
    put(out, "rules", rules);
    size_t n = 0;
    while (rqa_suggestion_warning(suggestion, n))
        n++;
    mxArray *warnings = mxCreateCellMatrix(n, 1);
    for (size_t k = 0; k < n; k++)
        mxSetCell(warnings, k, mxCreateString(rqa_suggestion_warning(suggestion, k)));
    put(out, "warnings", warnings);
    return out;
}

/* ---- commands ---- */

static void start(int n_in, const mxArray *in[])
{
    if (n_in != 6 || !mxIsStruct(in[5]) || !mxIsDouble(in[1]) || mxIsEmpty(in[1]) ||
        find_entry(in[1]))
        wrong_use("rqa_mex('start', id, kind, x, y, options)");
    static host_request space; /* large, and calls come one after the other */
    host_request *request = &space;
    host_recording sides[2];
    host_request_init(request, kind_of(in[2]));
    if (request->kind == HOST_CELLS) { /* row after row, so the matrix comes transposed */
        if (!mxIsUint8(in[3]))
            wrong_use("cells are uint8");
        request->cells = mxGetData(in[3]);
        request->n_columns = mxGetM(in[3]);
        request->n_rows = mxGetN(in[3]);
    } else {
        read_recording(&sides[0], in[3]);
        request->x = &sides[0];
        request->n_recordings = 1;
    }
    if (!mxIsEmpty(in[4])) {
        read_recording(&sides[1], in[4]);
        request->y = &sides[1];
    }
    rqa_status status = RQA_OK;
    for (int k = 0; k < mxGetNumberOfFields(in[5]) && !status; k++)
        status = set_option(request, mxGetFieldNameByNumber(in[5], k),
                            mxGetFieldByNumber(in[5], 0, k));
    entry *to = status ? NULL : new_entry(mxGetScalar(in[1]));
    if (!status && !to)
        fail(RQA_ERROR_MEMORY, rqa_status_text(RQA_ERROR_MEMORY));
    if (!status) {
        status = host_job_start(&to->job, request);
        if (status)
            n_entries--;
    }
    if (status)
        fail(status, request->text);
    if (!mexIsLocked())
        mexLock();
}

static mxArray *take(const host_job *job)
{
    const char *text;
    const rqa_status status = host_job_status(job, &text);
    if (status)
        fail(status, text);
    switch (host_job_request(job)->kind) {
    case HOST_ANALYZE:
    case HOST_CELLS:
        return analysis_struct(job);
    case HOST_WINDOWS:
        return windows_struct(job);
    case HOST_SUGGEST:
        return suggestion_struct(host_job_results(job)->suggestion);
    default:
        return mxCreateDoubleMatrix(0, 0, mxREAL);
    }
}

static mxArray *shares(const host_job *job, const mxArray *max_pixels)
{
    const rqa_matrix *matrix = host_job_results(job)->matrix;
    if (!matrix)
        wrong_use("the job has no matrix");
    const size_t side = host_block_side(matrix, (size_t)mxGetScalar(max_pixels));
    const size_t rows = rqa_matrix_n_rows(matrix), columns = rqa_matrix_n_columns(matrix);
    mxArray *of = mxCreateDoubleMatrix((rows + side - 1) / side, (columns + side - 1) / side, mxREAL);
    host_matrix_shares(matrix, side, mxGetPr(of));
    mxArray *out = new_struct();
    put_number(out, "side", (double)side);
    put(out, "shares", of);
    return out;
}

static mxArray *names(const mxArray *of)
{
    char option[64];
    read_text(option, sizeof option, of);
    size_t n = 0;
    while (host_option_name(option, n))
        n++;
    mxArray *out = mxCreateCellMatrix(1, n);
    for (size_t k = 0; k < n; k++)
        mxSetCell(out, k, mxCreateString(host_option_name(option, k)));
    return out;
}

void mexFunction(int n_out, mxArray *out[], int n_in, const mxArray *in[])
{
    (void)n_out; /* out[0] may always be set */
    char command[16] = "";
    if (n_in > 0)
        read_text(command, sizeof command, in[0]);
    mexAtExit(close_all);
    if (strcmp(command, "number") == 0)
        out[0] = mxCreateDoubleScalar(++last_id);
    else if (strcmp(command, "start") == 0)
        start(n_in, in);
    else if (strcmp(command, "wait") == 0 && n_in == 3)
        out[0] = mxCreateLogicalScalar(host_job_wait(job_of(n_in, in), mxGetScalar(in[2])) != 0);
    else if (strcmp(command, "take") == 0)
        out[0] = take(job_of(n_in, in));
    else if (strcmp(command, "shares") == 0 && n_in == 3)
        out[0] = shares(job_of(n_in, in), in[2]);
    else if (strcmp(command, "close") == 0 && n_in == 2) {
        entry *found = find_entry(in[1]);
        if (found)
            drop_entry(found);
    } else if (strcmp(command, "names") == 0 && n_in == 2)
        out[0] = names(in[1]);
    else if (strcmp(command, "version") == 0)
        out[0] = mxCreateString(rqa_version());
    else
        wrong_use("rqa_mex is called by the functions beside it; see help rqa");
}
