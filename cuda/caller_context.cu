// caller_context.cu - asks the driver, which libc alone never links, through the runtime.
#include "caller_context.h"

#include <cuda_runtime.h>
#include <stddef.h>
#include <string.h>

// NULL where there is no driver. Makes no context.
static void *driver_function(const char *name)
{
    void *function = NULL;
    cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
#if CUDART_VERSION >= 12050
    cudaError_t error =
        cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found);
#else
    cudaError_t error = cudaGetDriverEntryPoint(name, &function, cudaEnableDefault, &found);
#endif
    if (error != cudaSuccess)
        (void)cudaGetLastError(); // not to be met again by the next call
    return error == cudaSuccess && found == cudaDriverEntryPointSuccess ? function : NULL;
}

caller_context::caller_context() : get(NULL), set(NULL), theirs(NULL), ours(NULL)
{
    void *getter = driver_function("cuCtxGetCurrent"), *setter = driver_function("cuCtxSetCurrent");
    if (!getter || !setter)
        return;
    memcpy(&get, &getter, sizeof get);
    memcpy(&set, &setter, sizeof set);
    if (get(&theirs))
        get = NULL;
}

caller_context::~caller_context()
{
    if (get)
        (void)set(theirs);
}

void caller_context::lend()
{
    if (get && !get(&ours))
        (void)set(theirs);
}

void caller_context::take_back()
{
    if (get && !get(&theirs))
        (void)set(ours);
}
