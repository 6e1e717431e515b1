// emulated_launch.h - what RQA_LAUNCH, RQA_SHARED and RQA_DYNAMIC_SHARED of cuda/gpu_port.h stand
// for in the emulator.
#ifndef RQA_EMULATOR_LAUNCH_H
#define RQA_EMULATOR_LAUNCH_H

#include <functional>
#include <stddef.h>
#include <tuple>
#include <type_traits>

#include "cuda_runtime_api.h"
#include "emulated_types.h"

namespace rqa_emulator
{

struct launch {
    const char *name;
    const void *kernel;
    dim3 grid;
    dim3 block;
    size_t dynamic_bytes;
    cudaStream_t stream;
    // One thread's run of the kernel.
    std::function<void()> body;
};

// The outcome is what cudaGetLastError() says next, as after <<<>>>.
void submit(launch &&what);

// The array that the block now running has for this declaration; the site tells declarations apart.
void *shared_bytes(const void *site, const char *name, size_t bytes, size_t alignment);
void *dynamic_shared();

template <class T, size_t N> T (&shared_array(const void *site, const char *name))[N]
{
    static_assert(std::is_trivially_default_constructible<T>::value,
                  "shared arrays are not initialised");
    return *static_cast<T(*)[N]>(shared_bytes(site, name, sizeof(T[N]), alignof(T)));
}

template <class... P> struct launcher {
    void (*kernel)(P...);
    launch what;

    // As with <<<>>>, arguments are converted and copied once, when the kernel is launched.
    void operator()(P... arguments)
    {
        what.body = [entry = kernel, kept = std::tuple<P...>(arguments...)]() {
            std::apply(entry, kept);
        };
        submit(std::move(what));
    }
};

template <class... P>
launcher<P...> launch_of(const char *name, void (*kernel)(P...), dim3 grid, dim3 block,
                         size_t dynamic_bytes, cudaStream_t stream)
{
    return {kernel,
            {name, reinterpret_cast<const void *>(kernel), grid, block, dynamic_bytes, stream, {}}};
}

} // namespace rqa_emulator

#endif
