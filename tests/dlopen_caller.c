/* dlopen_caller.c - the shared library loaded at run time, as bindings do; takes its path. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "rqa/rqa.h"

static void *library;

/* A function pointer from dlsym without the cast that ISO C forbids. */
static int find(const char *name, void *function, size_t size)
{
    void *symbol = dlsym(library, name);
    if (!symbol || size != sizeof symbol) {
        fprintf(stderr, "no symbol %s\n", name);
        return 0;
    }
    memcpy(function, &symbol, sizeof symbol);
    return 1;
}

#define FIND(name) find(#name, &name##_, sizeof name##_)

static uint32_t (*rqa_abi_version_)(void);
static size_t (*rqa_struct_size_)(int32_t);
static rqa_status (*rqa_context_create_)(rqa_context **, const rqa_context_options *);
static void (*rqa_context_destroy_)(rqa_context *);
static rqa_status (*rqa_series_create_)(rqa_series **, rqa_context *, const void *, size_t, size_t,
                                        const rqa_series_options *);
static void (*rqa_series_destroy_)(rqa_series *);
static rqa_status (*rqa_embedding_create_)(rqa_embedding **, const rqa_series *, uint32_t,
                                           uint32_t);
static void (*rqa_embedding_destroy_)(rqa_embedding *);
static rqa_status (*rqa_metrics_compute_)(rqa_metrics **, const rqa_embedding *,
                                          const rqa_embedding *, const rqa_analysis_options *);
static rqa_status (*rqa_metrics_get_)(const rqa_metrics *, int32_t, double *);
static void (*rqa_metrics_destroy_)(rqa_metrics *);
static const char *(*rqa_last_error_)(void);

static int find_all(void)
{
    return FIND(rqa_abi_version) && FIND(rqa_struct_size) && FIND(rqa_context_create) &&
           FIND(rqa_context_destroy) && FIND(rqa_series_create) && FIND(rqa_series_destroy) &&
           FIND(rqa_embedding_create) && FIND(rqa_embedding_destroy) && FIND(rqa_metrics_compute) &&
           FIND(rqa_metrics_get) && FIND(rqa_metrics_destroy) && FIND(rqa_last_error);
}

/* A constant series recurs everywhere. */
static int analyze(void)
{
    static const double x[20];
    rqa_context *context = NULL;
    rqa_series *series = NULL;
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    double rr = -1;
    int ok = rqa_context_create_(&context, NULL) == RQA_OK &&
             rqa_series_create_(&series, context, x, 20, 1, NULL) == RQA_OK &&
             rqa_embedding_create_(&embedding, series, 2, 1) == RQA_OK &&
             rqa_metrics_compute_(&metrics, embedding, NULL, NULL) == RQA_OK &&
             rqa_metrics_get_(metrics, RQA_MEASURE_RR, &rr) == RQA_OK && rr == 1;
    if (!ok)
        fprintf(stderr, "rr = %g: %s\n", rr, rqa_last_error_());
    if (context) {
        rqa_metrics_destroy_(metrics);
        rqa_embedding_destroy_(embedding);
        rqa_series_destroy_(series);
        rqa_context_destroy_(context);
    }
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s LIBRARY\n", argv[0]);
        return 2;
    }
    /* Twice: the library must survive being unloaded, its threads included. */
    for (int round = 0; round < 2; round++) {
        library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (!library) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        if (!find_all() || !analyze())
            return 1;
        if (rqa_abi_version_() != RQA_ABI_VERSION ||
            rqa_struct_size_(RQA_STRUCT_ANALYSIS_OPTIONS) != sizeof(rqa_analysis_options)) {
            fprintf(stderr, "%s is of another ABI\n", argv[1]);
            return 1;
        }
        dlclose(library);
    }
    return 0;
}
