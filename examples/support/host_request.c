/* host_request.c - options by their names: which there are, what type they have, for which requests. */
#include "host_request.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    PLOTS = HOST_ANALYZE | HOST_MATRIX | HOST_PICTURE | HOST_WINDOWS | HOST_PROFILE | HOST_TEST,
    EMBEDDED = PLOTS,
    COUNTED = HOST_ANALYZE | HOST_CELLS | HOST_WINDOWS | HOST_TEST | HOST_GRID,
    NORMED = PLOTS | HOST_GRID,
    LMIN = COUNTED | HOST_PROFILE,
    SERIES = NORMED | HOST_SUGGEST
};

typedef enum number_type { TYPE_DOUBLE, TYPE_INT32, TYPE_UINT32, TYPE_INT64, TYPE_UINT64 } number_type;

typedef struct number_option {
    const char *name;
    int kinds;
    number_type type;
    size_t offset;
} number_option;

#define AT(member) offsetof(host_request, member)

static const number_option numbers[] = {
    {"threads", SERIES | HOST_CELLS, TYPE_UINT32, AT(n_threads)},
    {"dim", EMBEDDED, TYPE_UINT32, AT(dim)},
    {"delay", EMBEDDED, TYPE_UINT32, AT(delay)},
    {"dim_y", EMBEDDED & ~HOST_TEST, TYPE_UINT32, AT(dim_y)},
    {"delay_y", EMBEDDED & ~HOST_TEST, TYPE_UINT32, AT(delay_y)},
    {"threshold", EMBEDDED, TYPE_DOUBLE, AT(analysis.threshold)},
    {"threshold_y", EMBEDDED, TYPE_DOUBLE, AT(analysis.threshold_y)},
    {"threshold_lower", EMBEDDED, TYPE_DOUBLE, AT(analysis.threshold_lower)},
    {"theiler", NORMED | HOST_CELLS, TYPE_INT64, AT(analysis.theiler)},
    {"theiler_points", NORMED | HOST_CELLS, TYPE_INT64, AT(analysis.theiler_points)},
    {"theiler_diagonal", COUNTED, TYPE_INT64, AT(analysis.theiler_diagonal)},
    {"theiler_vertical", COUNTED, TYPE_INT64, AT(analysis.theiler_vertical)},
    {"skeleton", EMBEDDED, TYPE_INT32, AT(analysis.skeleton)},
    {"direction_bound", EMBEDDED, TYPE_DOUBLE, AT(analysis.direction_bound)},
    {"direction_lag", EMBEDDED, TYPE_UINT32, AT(analysis.direction_lag)},
    {"lmin", LMIN & ~HOST_GRID, TYPE_UINT32, AT(analysis.lmin)},
    {"vmin", COUNTED & ~HOST_GRID, TYPE_UINT32, AT(analysis.vmin)},
    {"wmin", COUNTED, TYPE_UINT32, AT(analysis.wmin)},
    {"trend_border", COUNTED, TYPE_UINT32, AT(analysis.trend_border)},
    {"microstate_size", COUNTED, TYPE_UINT32, AT(analysis.microstate_size)},
    {"bootstrap", HOST_ANALYZE | HOST_CELLS, TYPE_UINT32, AT(bootstrap.count)},
    {"level", HOST_ANALYZE | HOST_CELLS, TYPE_DOUBLE, AT(bootstrap.level)},
    {"seed", HOST_ANALYZE | HOST_CELLS, TYPE_UINT64, AT(bootstrap.seed)},
    {"seed", HOST_TEST, TYPE_UINT64, AT(surrogates.seed)},
    {"count", HOST_TEST, TYPE_UINT32, AT(surrogates.count)},
    {"max_iterations", HOST_TEST, TYPE_UINT32, AT(surrogates.max_iterations)},
    {"min_distance", HOST_TEST, TYPE_UINT32, AT(surrogates.min_distance)},
    {"window", HOST_WINDOWS, TYPE_UINT64, AT(windows.window)},
    {"step", HOST_WINDOWS, TYPE_UINT64, AT(windows.step)},
    {"max_lag", HOST_PROFILE, TYPE_INT64, AT(max_lag)},
    {"max_lag", HOST_SUGGEST, TYPE_UINT32, AT(suggest.max_lag)},
    {"max_dim", HOST_SUGGEST, TYPE_UINT32, AT(suggest.max_dim)},
    {"bins", HOST_SUGGEST, TYPE_UINT32, AT(suggest.bins)},
    {"ksg_k", HOST_SUGGEST, TYPE_UINT32, AT(suggest.ksg_k)},
    {"theiler", HOST_SUGGEST, TYPE_UINT32, AT(suggest.theiler)},
    {"delay", HOST_SUGGEST, TYPE_UINT32, AT(suggest.delay)},
    {"fnn_rtol", HOST_SUGGEST, TYPE_DOUBLE, AT(suggest.fnn_rtol)},
    {"fnn_atol", HOST_SUGGEST, TYPE_DOUBLE, AT(suggest.fnn_atol)},
    {"fnn_fraction", HOST_SUGGEST, TYPE_DOUBLE, AT(suggest.fnn_fraction)},
    {"max_pixels", HOST_PICTURE, TYPE_UINT32, AT(png.max_pixels)},
    {"overwrite", HOST_PICTURE, TYPE_INT32, AT(png.overwrite)},
    {"frame", HOST_PICTURE, TYPE_INT32, AT(png.frame)},
    {"sample_period", HOST_PICTURE, TYPE_DOUBLE, AT(png.sample_period)},
};

/* In the order of their enums, from 0. */
static const char *const units[] = {"data",          "std",
                                    "max-diameter",  "mean-diameter",
                                    "recurrence-rate", "neighbours",
                                    "neighbour-rate", "adaptive-neighbours",
                                    NULL};
static const char *const relations[] = {"auto", "cross", "joint", NULL};
static const char *const comparisons[] = {"convention", "le", "lt", NULL};
static const char *const tie_rules[] = {"all", "index", NULL};
static const char *const directions[] = {"any", "isodirectional", "perpendicular", NULL};
static const char *const white_borders[] = {"convention", "include", "exclude", NULL};
static const char *const scalings[] = {"none", "zscore", "zscore-pop", "unit", NULL};
static const char *const missing_rules[] = {"error", "skip", NULL};
static const char *const scopes[] = {"recording", "window", NULL};
static const char *const estimators[] = {"bins", "ksg", NULL};
static const char *const surrogates[] = {"shuffle", "phase", "aaft", "iaaft", "twin", NULL};

typedef struct text_option {
    const char *name;
    int kinds;
    size_t offset;
    const char *const *names; /* NULL: the library's, by the two functions; or free text */
    const char *(*name_of)(int32_t number);
    rqa_status (*from_name)(int32_t *out, const char *name);
    size_t size; /* of free text */
} text_option;

static const text_option texts[] = {
    {"norm", NORMED, AT(analysis.norm), NULL, rqa_norm_name, rqa_norm_from_name, 0},
    {"norm", HOST_SUGGEST, AT(suggest.norm), NULL, rqa_norm_name, rqa_norm_from_name, 0},
    {"convention", NORMED | HOST_CELLS, AT(analysis.convention), NULL, rqa_convention_name,
     rqa_convention_from_name, 0},
    {"border", COUNTED, AT(analysis.border), NULL, rqa_border_name, rqa_border_from_name, 0},
    {"backend", NORMED, AT(analysis.backend), NULL, rqa_backend_name, rqa_backend_from_name, 0},
    {"threshold_unit", NORMED, AT(analysis.threshold_unit), units, NULL, NULL, 0},
    {"relation", NORMED | HOST_CELLS, AT(analysis.relation), relations, NULL, NULL, 0},
    {"compare", NORMED, AT(analysis.compare), comparisons, NULL, NULL, 0},
    {"ties", EMBEDDED, AT(analysis.ties), tie_rules, NULL, NULL, 0},
    {"direction", EMBEDDED, AT(analysis.direction), directions, NULL, NULL, 0},
    {"white_border", COUNTED, AT(analysis.white_border), white_borders, NULL, NULL, 0},
    {"normalize", SERIES, AT(series.normalization), scalings, NULL, NULL, 0},
    {"missing", SERIES, AT(series.missing), missing_rules, NULL, NULL, 0},
    {"scope", HOST_WINDOWS, AT(windows.scope), scopes, NULL, NULL, 0},
    {"mi_estimator", HOST_SUGGEST, AT(suggest.mi_estimator), estimators, NULL, NULL, 0},
    {"surrogates", HOST_TEST, AT(surrogates.method), surrogates, NULL, NULL, 0},
    {"path", HOST_PICTURE, AT(path), NULL, NULL, NULL, HOST_PATH_SIZE},
    {"x_label", HOST_PICTURE, AT(x_label), NULL, NULL, NULL, HOST_LABEL_SIZE},
    {"y_label", HOST_PICTURE, AT(y_label), NULL, NULL, NULL, HOST_LABEL_SIZE},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static rqa_status refuse(host_request *request, rqa_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(request->text, sizeof request->text, format, arguments);
    va_end(arguments);
    return status;
}

void host_request_init(host_request *request, int32_t kind)
{
    memset(request, 0, sizeof *request);
    request->kind = kind;
    request->dim = request->delay = 1;
    request->max_lag = -1;
    rqa_series_options_init(&request->series);
    rqa_analysis_options_init(&request->analysis);
    rqa_windows_options_init(&request->windows);
    rqa_suggest_options_init(&request->suggest);
    rqa_surrogate_options_init(&request->surrogates);
    rqa_bootstrap_options_init(&request->bootstrap);
    rqa_png_options_init(&request->png);
    request->bootstrap.count = 0;
}

void host_copy_text(char out[HOST_TEXT_SIZE], const char *text)
{
    size_t n = 0;
    for (const char *at = text; *at && n + 1 < HOST_TEXT_SIZE;) {
        size_t word = 0;
        while (isalnum((unsigned char)at[word]) || at[word] == '_')
            word++;
        if (word > 0 && strncmp(at + word, "->", 2) == 0) {
            at += word + 2;
            continue;
        }
        for (size_t k = 0; k < (word ? word : 1) && n + 1 < HOST_TEXT_SIZE; k++)
            out[n++] = *at++;
    }
    out[n] = '\0';
}

/* ---- numbers ---- */

static rqa_status unknown(host_request *request, const char *name)
{
    return refuse(request, RQA_ERROR_UNKNOWN_NAME, "%s is no option here", name);
}

/* What a type holds; a double holds more of 64 bits than it tells apart. */
static double lowest(number_type type)
{
    return type == TYPE_INT32 ? INT32_MIN : type == TYPE_INT64 ? -9007199254740992.0 : 0.0;
}

static double highest(number_type type)
{
    return type == TYPE_INT32 ? INT32_MAX : type == TYPE_UINT32 ? UINT32_MAX : 9007199254740992.0;
}

static void store(void *field, number_type type, double value)
{
    switch (type) {
    case TYPE_DOUBLE:
        *(double *)field = value;
        break;
    case TYPE_INT32:
        *(int32_t *)field = (int32_t)value;
        break;
    case TYPE_UINT32:
        *(uint32_t *)field = (uint32_t)value;
        break;
    case TYPE_INT64:
        *(int64_t *)field = (int64_t)value;
        break;
    case TYPE_UINT64:
        *(uint64_t *)field = (uint64_t)value;
        break;
    }
}

rqa_status host_set_number(host_request *request, const char *name, double value)
{
    const number_option *option = NULL;
    for (size_t k = 0; k < COUNT(numbers) && !option; k++)
        if (strcmp(numbers[k].name, name) == 0 && (numbers[k].kinds & request->kind))
            option = &numbers[k];
    if (!option)
        return unknown(request, name);
    const number_type type = option->type;
    if (type != TYPE_DOUBLE && value != floor(value)) /* NaN too */
        return refuse(request, RQA_ERROR_VALUE, "%s is %.15g; it must be a whole number", name, value);
    if (type != TYPE_DOUBLE && (value < lowest(type) || value > highest(type)))
        return refuse(request, RQA_ERROR_VALUE, "%s is %.15g; it must %s", name, value,
                      value < 0 ? "not be negative" : "be smaller");
    if (option->offset == AT(analysis.trend_border) && value == 0)
        value = UINT32_MAX; /* none, where the struct's 0 is the default */
    if (option->offset == AT(analysis.threshold_lower))
        request->analysis.corridor = 1;
    store((char *)request + option->offset, type, value);
    return RQA_OK;
}

/* ---- texts ---- */

static const char *name_at(const text_option *option, size_t k)
{
    if (option->name_of)
        return option->name_of((int32_t)k);
    for (size_t j = 0; option->names && option->names[j]; j++)
        if (j == k)
            return option->names[k];
    return NULL;
}

const char *host_option_name(const char *option, size_t k)
{
    for (size_t j = 0; j < COUNT(texts); j++)
        if (strcmp(texts[j].name, option) == 0)
            return name_at(&texts[j], k);
    return strcmp(option, "measures") == 0 ? rqa_measure_name((int32_t)k) : NULL;
}

static rqa_status set_measure(host_request *request, const char *name)
{
    int32_t measure;
    if (!(request->kind & COUNTED))
        return unknown(request, "measures");
    if (strcmp(name, "default") == 0) {
        request->analysis.measures |= RQA_MEASURES_DEFAULT;
        return RQA_OK;
    }
    rqa_status status = rqa_measure_from_name(&measure, name);
    if (status) {
        host_copy_text(request->text, rqa_last_error());
        return status;
    }
    request->analysis.measures |= RQA_MEASURE_BIT(measure);
    return RQA_OK;
}

static rqa_status set_name(host_request *request, const text_option *option, const char *value)
{
    int32_t *field = (int32_t *)(void *)((char *)request + option->offset);
    if (option->from_name && option->from_name(field, value) == RQA_OK)
        return RQA_OK;
    char allowed[HOST_TEXT_SIZE / 2] = "";
    for (size_t k = 0; name_at(option, k); k++) {
        const char *name = name_at(option, k);
        if (!option->from_name && strcmp(name, value) == 0) {
            *field = (int32_t)k;
            return RQA_OK;
        }
        const size_t used = strlen(allowed);
        snprintf(allowed + used, sizeof allowed - used, "%s%s", k ? ", " : "", name);
    }
    return refuse(request, RQA_ERROR_UNKNOWN_NAME, "%s is \"%.100s\"; allowed are %s", option->name,
                  value, allowed);
}

rqa_status host_set_text(host_request *request, const char *name, const char *value)
{
    if (strcmp(name, "measures") == 0)
        return set_measure(request, value);
    for (size_t k = 0; k < COUNT(texts); k++) {
        const text_option *option = &texts[k];
        if (strcmp(option->name, name) != 0 || !(option->kinds & request->kind))
            continue;
        if (option->size == 0)
            return set_name(request, option, value);
        if (strlen(value) >= option->size)
            return refuse(request, RQA_ERROR_VALUE, "%s has %zu bytes; allowed are %zu", name,
                          strlen(value), option->size - 1);
        strcpy((char *)request + option->offset, value);
        return RQA_OK;
    }
    return unknown(request, name);
}
