// cxx_caller.cpp - librqa from C++: handles in unique_ptr, failures as exceptions.
#include <rqa/rqa.h>

#include <cmath>
#include <cstddef>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

void check(rqa_status status)
{
    if (status != RQA_OK)
        throw std::runtime_error(std::string(rqa_status_name(status)) + ": " + rqa_last_error());
}

template <class T, void (*destroy)(T *)> struct Destroy {
    void operator()(T *handle) const { destroy(handle); }
};

using Context = std::unique_ptr<rqa_context, Destroy<rqa_context, rqa_context_destroy>>;
using Series = std::unique_ptr<rqa_series, Destroy<rqa_series, rqa_series_destroy>>;
using Embedding = std::unique_ptr<rqa_embedding, Destroy<rqa_embedding, rqa_embedding_destroy>>;
using Metrics = std::unique_ptr<rqa_metrics, Destroy<rqa_metrics, rqa_metrics_destroy>>;

// Calls create(&handle, arguments...) and takes ownership.
template <class Owner, class Create, class... Arguments>
Owner make(Create create, Arguments... arguments)
{
    typename Owner::pointer handle = nullptr;
    check(create(&handle, arguments...));
    return Owner(handle);
}

} // namespace

int main()
try {
    std::vector<double> x(2000);
    for (std::size_t t = 0; t < x.size(); ++t)
        x[t] = std::sin(0.1 * static_cast<double>(t));

    const rqa_context_options *defaults = nullptr;
    const rqa_series_options *as_double = nullptr;
    const rqa_embedding *itself = nullptr;
    auto context = make<Context>(rqa_context_create, defaults);
    auto series = make<Series>(rqa_series_create, context.get(), x.data(), x.size(),
                               std::size_t{1}, as_double);
    auto embedding = make<Embedding>(rqa_embedding_create, series.get(), 2u, 16u);

    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.norm = RQA_NORM_MAXIMUM;
    options.threshold = 0.1;
    auto metrics = make<Metrics>(rqa_metrics_compute, embedding.get(), itself,
                                 static_cast<const rqa_analysis_options *>(&options));
    double det = 0, l_mean = 0;
    check(rqa_metrics_get(metrics.get(), RQA_MEASURE_DET, &det));
    check(rqa_metrics_get(metrics.get(), RQA_MEASURE_L_MEAN, &l_mean));
    std::cout << "sine: determinism " << det << ", mean diagonal line " << l_mean << " samples\n";

    try {
        make<Embedding>(rqa_embedding_create, series.get(), 0u, 1u);
    } catch (const std::runtime_error &error) {
        std::cout << "as expected: " << error.what() << '\n';
        return 0;
    }
    return 1;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
