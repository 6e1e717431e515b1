/* dlopen_caller.c - the shared library loaded at run time, as bindings do; takes its path. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <rqa/rqa.h>

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
static void (*rqa_analysis_options_init_sized_)(rqa_analysis_options *, size_t);
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
    return FIND(rqa_abi_version) && FIND(rqa_struct_size) &&
           FIND(rqa_analysis_options_init_sized) && FIND(rqa_context_create) &&
           FIND(rqa_context_destroy) && FIND(rqa_series_create) && FIND(rqa_series_destroy) &&
           FIND(rqa_embedding_create) && FIND(rqa_embedding_destroy) && FIND(rqa_metrics_compute) &&
           FIND(rqa_metrics_get) && FIND(rqa_metrics_destroy) && FIND(rqa_last_error);
}

/* The README's analysis. */
static int analyze(double *rr, double *det)
{
    static const double x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    rqa_context *context = NULL;
    rqa_series *series = NULL;
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    rqa_analysis_options options;
    rqa_analysis_options_init_sized_(&options, sizeof options);
    options.threshold = 0.65;
    int ok = rqa_context_create_(&context, NULL) == RQA_OK &&
             rqa_series_create_(&series, context, x, 13, 1, NULL) == RQA_OK &&
             rqa_embedding_create_(&embedding, series, 2, 2) == RQA_OK &&
             rqa_metrics_compute_(&metrics, embedding, NULL, &options) == RQA_OK &&
             rqa_metrics_get_(metrics, RQA_MEASURE_RR, rr) == RQA_OK &&
             rqa_metrics_get_(metrics, RQA_MEASURE_DET, det) == RQA_OK;
    if (!ok)
        fprintf(stderr, "%s\n", rqa_last_error_());
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
    double rr = -1, det = -1;
    /* Twice: the library must survive being unloaded, its threads included. */
    for (int round = 0; round < 2; round++) {
        library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (!library) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        if (!find_all() || !analyze(&rr, &det))
            return 1;
        if (rqa_abi_version_() != RQA_ABI_VERSION ||
            rqa_struct_size_(RQA_STRUCT_ANALYSIS_OPTIONS) != sizeof(rqa_analysis_options)) {
            fprintf(stderr, "%s is of another ABI\n", argv[1]);
            return 1;
        }
        dlclose(library);
    }
    printf("recurrence rate %.4f, determinism %.4f\n", rr, det);
    return 0;
}
