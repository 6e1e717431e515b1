// cxx17_consumer.cpp - the README's analysis with owners that destroy what they hold.
#include <array>
#include <cstdio>
#include <memory>
#include <rqa/rqa.h>
#include <stdexcept>

template <auto Destroy> struct destroyer {
    template <typename T> void operator()(T *object) const
    {
        Destroy(object);
    }
};
template <typename T, auto Destroy> using owner = std::unique_ptr<T, destroyer<Destroy>>;

// Calls create(&out, arguments...) and takes what it made.
template <typename Owner, typename Create, typename... Arguments>
Owner make(Create create, Arguments... arguments)
{
    typename Owner::pointer out = nullptr;
    if (create(&out, arguments...) != RQA_OK)
        throw std::runtime_error(rqa_last_error());
    return Owner(out);
}

using context = owner<rqa_context, rqa_context_destroy>;
using series = owner<rqa_series, rqa_series_destroy>;
using embedding = owner<rqa_embedding, rqa_embedding_destroy>;
using metrics = owner<rqa_metrics, rqa_metrics_destroy>;

int main()
try {
    constexpr std::array x{.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.threshold = 0.65;
    const auto c = make<context>(rqa_context_create, nullptr);
    const auto s = make<series>(rqa_series_create, c.get(), x.data(), x.size(), 1U, nullptr);
    const auto e = make<embedding>(rqa_embedding_create, s.get(), 2U, 2U);
    const auto m = make<metrics>(rqa_metrics_compute, e.get(), nullptr, &options);
    double rr = 0, det = 0;
    if (rqa_metrics_get(m.get(), RQA_MEASURE_RR, &rr) != RQA_OK ||
        rqa_metrics_get(m.get(), RQA_MEASURE_DET, &det) != RQA_OK)
        throw std::runtime_error(rqa_last_error());
    std::printf("recurrence rate %.4f, determinism %.4f\n", rr, det);
    return 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
