// test_cxx.cpp - librqa from C++: headers, ownership by unique_ptr, a lambda as callback.
#include <rqa/rqa.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

void check(rqa_status status)
{
    if (status != RQA_OK)
        throw std::runtime_error(std::string(rqa_status_name(status)) + ": " + rqa_last_error());
}

void require(bool condition, const char *what)
{
    if (!condition)
        throw std::runtime_error(std::string("not so: ") + what);
}

struct release {
    void operator()(rqa_context *p) const
    {
        rqa_context_destroy(p);
    }
    void operator()(rqa_series *p) const
    {
        rqa_series_destroy(p);
    }
    void operator()(rqa_embedding *p) const
    {
        rqa_embedding_destroy(p);
    }
    void operator()(rqa_metrics *p) const
    {
        rqa_metrics_destroy(p);
    }
    void operator()(rqa_batch *p) const
    {
        rqa_batch_destroy(p);
    }
};

template <typename T> using owned = std::unique_ptr<T, release>;

const std::vector<double> samples = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};

void analyze(rqa_context *context)
{
    rqa_series *series = nullptr;
    check(rqa_series_create(&series, context, samples.data(), samples.size(), 1, nullptr));
    owned<rqa_series> series_owner(series);
    rqa_embedding *embedding = nullptr;
    check(rqa_embedding_create(&embedding, series, 2, 2));
    owned<rqa_embedding> embedding_owner(embedding);

    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.convention = RQA_CONVENTION_PYRQA;
    options.threshold = .65;
    rqa_metrics *metrics = nullptr;
    check(rqa_metrics_compute(&metrics, embedding, nullptr, &options));
    owned<rqa_metrics> metrics_owner(metrics);
    double rr = 0;
    check(rqa_metrics_get(metrics, RQA_MEASURE_RR, &rr));
    require(rr == 45. / 121, "rr of PyRQA's example is 45/121");

    options.threshold = -1;
    rqa_metrics *none = nullptr;
    require(rqa_metrics_compute(&none, embedding, nullptr, &options) == RQA_ERROR_VALUE,
            "a negative threshold is refused");
    require(none == nullptr, "a failure leaves NULL");
}

/* rows: what there is to be; window 0: no windows */
void batch(rqa_context *context, std::uint64_t window, unsigned long long expected)
{
    rqa_series *series = nullptr;
    check(rqa_series_create(&series, context, samples.data(), samples.size(), 1, nullptr));
    owned<rqa_series> series_owner(series);
    const std::uint32_t dims[] = {1, 2}, delays[] = {1, 2};
    const double thresholds[] = {.3, .65};
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = dims;
    options.delays = delays;
    options.thresholds = thresholds;
    options.n_dims = options.n_delays = options.n_thresholds = 2;
    options.window = window;
    options.step = 2;
    options.scope = RQA_WINDOWS_SCOPE_WINDOW;
    rqa_batch *handle = nullptr;
    check(rqa_batch_create(&handle, context, &options));
    owned<rqa_batch> owner(handle);
    rqa_batch_item item = {};
    item.struct_size = sizeof item;
    item.norm = item.relation = -1;
    item.x = series;
    check(rqa_batch_add(handle, &item));
    unsigned long long rows = 0;
    check(rqa_batch_run(
        handle,
        [](const rqa_batch_event *event, void *user) {
            if (event->type == RQA_EVENT_ITEM_COMPLETED)
                *static_cast<unsigned long long *>(user) += event->n_rows;
            return 0;
        },
        &rows));
    require(rows == expected, "one item has 8 combinations, each with its windows");
    std::uint64_t first = 1, n = 0;
    check(rqa_batch_item_rows(handle, 0, &first, &n));
    require(first == 0 && n == expected, "the item has all rows");
    rqa_batch_row row = {};
    row.struct_size = sizeof row;
    check(rqa_batch_row_at(handle, n - 1, &row));
    require(row.window == n / 8 - 1 && row.window_start == 2 * row.window, "the last row");
}

} // namespace

int main()
{
    try {
        rqa_context *context = nullptr;
        check(rqa_context_create(&context, nullptr));
        owned<rqa_context> owner(context);
        analyze(context);
        batch(context, 0, 8);
        batch(context, samples.size() - 5, 8 * 3);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
