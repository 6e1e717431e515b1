/* support.h - what the Check programs share: random draws, shorthand, comparison with brute. */
#ifndef RQA_TESTS_SUPPORT_H
#define RQA_TESTS_SUPPORT_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "brute.h"
#include "rqa/rqa.h"

/* SplitMix64 (Steele, Lea & Flood 2014): the same draws everywhere. */
typedef struct rng {
    uint64_t state;
} rng;
uint64_t rng_next(rng *r);
double rng_uniform(rng *r);                        /* [0, 1) */
double rng_gauss(rng *r);                          /* mean 0, deviation 1 */
uint64_t rng_below(rng *r, uint64_t n);            /* 0 .. n-1 */
int64_t rng_between(rng *r, int64_t a, int64_t b); /* a .. b */

/* An environment number, or what to use without it. */
uint64_t env_number(const char *name, uint64_t otherwise);

/* Asserts RQA_OK; the failure shows the call, the code and rqa_last_error(). */
#define ck_ok(call)                                                                                \
    do {                                                                                           \
        rqa_status ck_ok_status_ = (call);                                                         \
        ck_assert_msg(ck_ok_status_ == RQA_OK, "%s: %s: %s", #call,                                \
                      rqa_status_name(ck_ok_status_), rqa_last_error());                           \
    } while (0)

/* Asserts a failure with this code whose text contains every word of `words` (separated by '|'). */
#define ck_fails(call, code, words)                                                                \
    do {                                                                                           \
        rqa_status ck_got_ = (call);                                                               \
        support_expect_failure(#call, ck_got_, (code), (words), __FILE__, __LINE__);               \
    } while (0)
void support_expect_failure(const char *call, rqa_status got, rqa_status expected,
                            const char *words, const char *file, int line);

/* Asserts |a - b| <= tolerance, with both numbers in the message. */
#define ck_near(a, b, tolerance) support_near(#a, (a), (b), (tolerance), __FILE__, __LINE__)
void support_near(const char *what, double a, double b, double tolerance, const char *file,
                  int line);

/* Objects whose creation is not under test; they assert success. */
rqa_context *support_context(uint32_t n_threads);
rqa_series *support_series(rqa_context *context, const double *value, size_t n_samples,
                           size_t n_channels);
rqa_embedding *support_embedding(const rqa_series *series, uint32_t dim, uint32_t delay);
rqa_analysis_options support_options(int32_t convention, int32_t norm, double threshold);
rqa_metrics *support_metrics(const rqa_embedding *x, const rqa_embedding *y,
                             const rqa_analysis_options *options);
/* One call from a scalar array to the result; everything in between is destroyed again. */
rqa_metrics *support_analyze(rqa_context *context, const double *value, size_t n, uint32_t dim,
                             uint32_t delay, const rqa_analysis_options *options);

double support_get(const rqa_metrics *metrics, int32_t measure);
uint64_t support_count(const rqa_metrics *metrics, int32_t count);
uint64_t support_lines(const rqa_metrics *metrics, int32_t histogram, uint64_t length);

/* Asserts that a histogram is exactly pairs[0..2*n-1] = length, count, ... */
void support_expect_histogram(const rqa_metrics *metrics, int32_t histogram, const uint64_t *pairs,
                              size_t n);

/* Asserts equal counts, histograms, values (to 1e-12 relative) and reasons; `what` is printed. */
void support_compare(const rqa_metrics *metrics, const brute_result *brute, uint64_t measures,
                     const char *what);

/* Asserts that two results are equal to the last bit. */
void support_expect_same(const rqa_metrics *a, const rqa_metrics *b, const char *what);

/* Relative equality that also takes equal infinities and two NaN. */
int support_close(double a, double b, double relative);

/* The options as one line of text. */
const char *support_describe(char *text, size_t size, const rqa_analysis_options *options);

/* Runs the suite as every program's main does: the exit status. */
int support_run(Suite *suite);

#endif
