// emulator_api.cpp - the runtime calls about devices, errors and kernels' limits.
#include <stdio.h>
#include <string.h>

#include "emulator_block.h"
#include "emulator_state.h"

using namespace rqa_emulator;

namespace
{

// A plain card of compute capability 9.0.
constexpr int threads_per_multiprocessor = 2048;
constexpr int blocks_per_multiprocessor = 32;
constexpr int shared_per_multiprocessor = 228 << 10;
constexpr int reserved_shared = 1 << 10;
constexpr int n_registers = 65536;
constexpr int l2_bytes = 50 << 20;

struct error_text {
    cudaError_t error;
    const char *name, *text;
};

#define RQA_EMULATOR_ERROR(error, text)                                                            \
    {                                                                                              \
        error, #error, text                                                                        \
    }
const error_text error_texts[] = {
    RQA_EMULATOR_ERROR(cudaSuccess, "no error"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidValue, "invalid argument"),
    RQA_EMULATOR_ERROR(cudaErrorMemoryAllocation, "out of memory"),
    RQA_EMULATOR_ERROR(cudaErrorInitializationError, "initialization error"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidConfiguration, "invalid configuration argument"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidMemcpyDirection, "invalid copy direction for memcpy"),
    RQA_EMULATOR_ERROR(cudaErrorStubLibrary, "CUDA driver is a stub library"),
    RQA_EMULATOR_ERROR(cudaErrorInsufficientDriver,
                       "CUDA driver version is insufficient for CUDA runtime version"),
    RQA_EMULATOR_ERROR(cudaErrorDevicesUnavailable,
                       "CUDA-capable device(s) is/are busy or unavailable"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidDeviceFunction, "invalid device function"),
    RQA_EMULATOR_ERROR(cudaErrorNoDevice, "no CUDA-capable device is detected"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidDevice, "invalid device ordinal"),
    RQA_EMULATOR_ERROR(cudaErrorDeviceUninitialized, "invalid device context"),
    RQA_EMULATOR_ERROR(cudaErrorNoKernelImageForDevice,
                       "no kernel image is available for execution on the device"),
    RQA_EMULATOR_ERROR(cudaErrorECCUncorrectable, "uncorrectable ECC error encountered"),
    RQA_EMULATOR_ERROR(cudaErrorInvalidResourceHandle, "invalid resource handle"),
    RQA_EMULATOR_ERROR(cudaErrorNotReady, "device not ready"),
    RQA_EMULATOR_ERROR(cudaErrorIllegalAddress, "an illegal memory access was encountered"),
    RQA_EMULATOR_ERROR(cudaErrorLaunchOutOfResources, "too many resources requested for launch"),
    RQA_EMULATOR_ERROR(cudaErrorLaunchTimeout, "the launch timed out and was terminated"),
    RQA_EMULATOR_ERROR(cudaErrorMisalignedAddress, "misaligned address"),
    RQA_EMULATOR_ERROR(cudaErrorLaunchFailure, "unspecified launch failure"),
    RQA_EMULATOR_ERROR(cudaErrorNotSupported, "operation not supported"),
    RQA_EMULATOR_ERROR(cudaErrorSystemDriverMismatch,
                       "system has unsupported display driver / cuda driver combination"),
    RQA_EMULATOR_ERROR(cudaErrorUnknown, "unknown error"),
};
#undef RQA_EMULATOR_ERROR

const error_text *text_of(cudaError_t error)
{
    for (const error_text &e : error_texts)
        if (e.error == error)
            return &e;
    return nullptr;
}

int attribute_of(cudaDeviceAttr attribute, int device, bool *known)
{
    *known = true;
    switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
    case cudaDevAttrMaxBlockDimX:
    case cudaDevAttrMaxBlockDimY:
        return max_block_threads;
    case cudaDevAttrMaxBlockDimZ:
        return 64;
    case cudaDevAttrMaxGridDimX:
        return 0x7fffffff;
    case cudaDevAttrMaxGridDimY:
    case cudaDevAttrMaxGridDimZ:
        return 65535;
    case cudaDevAttrMaxSharedMemoryPerBlock:
        return max_static_shared;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        return max_shared;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        return shared_per_multiprocessor;
    case cudaDevAttrReservedSharedMemoryPerBlock:
        return reserved_shared;
    case cudaDevAttrTotalConstantMemory:
        return 65536;
    case cudaDevAttrWarpSize:
        return 32;
    case cudaDevAttrMaxRegistersPerBlock:
    case cudaDevAttrMaxRegistersPerMultiprocessor:
        return n_registers;
    case cudaDevAttrClockRate:
    case cudaDevAttrMemoryClockRate:
        return 1000000;
    case cudaDevAttrMultiProcessorCount:
        return state().settings.n_processors;
    case cudaDevAttrConcurrentKernels:
    case cudaDevAttrUnifiedAddressing:
    case cudaDevAttrAsyncEngineCount:
        return 1;
    case cudaDevAttrKernelExecTimeout:
    case cudaDevAttrIntegrated:
    case cudaDevAttrComputeMode:
    case cudaDevAttrEccEnabled:
    case cudaDevAttrPciDomainId:
    case cudaDevAttrPciDeviceId:
        return 0;
    case cudaDevAttrPciBusId:
        return 0xe0 + device;
    case cudaDevAttrGlobalMemoryBusWidth:
        return 256;
    case cudaDevAttrL2CacheSize:
        return l2_bytes;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
        return threads_per_multiprocessor;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
        return blocks_per_multiprocessor;
    case cudaDevAttrComputeCapabilityMajor:
        return 9;
    case cudaDevAttrComputeCapabilityMinor:
        return 0;
    case cudaDevAttrSingleToDoublePrecisionPerfRatio:
        return state().settings.double_ratio;
    }
    *known = false;
    return 0;
}

cudaError_t devices_exist()
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    return e.settings.no_driver                ? cudaErrorInsufficientDriver
           : e.settings.n_devices == 0         ? cudaErrorNoDevice
           : e.settings.call.hits(++e.n_calls) ? cudaErrorUnknown
                                               : cudaSuccess;
}

// Questions that a lost device still answers.
cudaError_t device_exists(int device)
{
    const cudaError_t error = devices_exist();
    return error                                                ? error
           : device < 0 || device >= state().settings.n_devices ? cudaErrorInvalidDevice
                                                                : cudaSuccess;
}

// ---- the driver's interface, as far as it can be asked for ----

int get_context(void **context)
{
    *context = current_context();
    return 0;
}

int set_context(void *context)
{
    set_current_context(context);
    return 0;
}

} // namespace

extern "C" {

cudaError_t cudaGetDriverEntryPoint(const char *symbol, void **function, unsigned long long,
                                    enum cudaDriverEntryPointQueryResult *found)
{
    void *result = nullptr;
    if (state().settings.no_driver)
        return record(cudaErrorInsufficientDriver);
    if (!strcmp(symbol, "cuCtxGetCurrent"))
        result = reinterpret_cast<void *>(get_context);
    else if (!strcmp(symbol, "cuCtxSetCurrent"))
        result = reinterpret_cast<void *>(set_context);
    *function = result;
    if (found)
        *found = result ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    cudaError_t error = devices_exist();
    if (!error && !count)
        error = cudaErrorInvalidValue;
    // As the real one: on failure the count stays what it was.
    if (!error)
        *count = state().settings.n_devices;
    return record(error);
}

cudaError_t cudaSetDevice(int device)
{
    const cudaError_t error = device_exists(device);
    if (!error)
        set_current_device(device);
    return record(error);
}

cudaError_t cudaGetDevice(int *device)
{
    cudaError_t error = devices_exist();
    if (!error && !device)
        error = cudaErrorInvalidValue;
    if (!error)
        *device = current_device();
    return record(error);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device)
{
    cudaError_t error = device_exists(device);
    if (!error && !properties)
        error = cudaErrorInvalidValue;
    if (error)
        return record(error);
    const auto get = [device](cudaDeviceAttr attribute) {
        bool known;
        return attribute_of(attribute, device, &known);
    };
    cudaDeviceProp p = {};
    snprintf(p.name, sizeof p.name, "Emulated device %d", device);
    memset(p.uuid.bytes, 0xe0 + device, sizeof p.uuid.bytes);
    p.totalGlobalMem = state().settings.memory_bytes;
    p.sharedMemPerBlock = max_static_shared;
    p.sharedMemPerBlockOptin = max_shared;
    p.sharedMemPerMultiprocessor = shared_per_multiprocessor;
    p.reservedSharedMemPerBlock = reserved_shared;
    p.totalConstMem = 65536;
    p.memPitch = 0x7fffffff;
    p.textureAlignment = 512;
    p.regsPerBlock = p.regsPerMultiprocessor = n_registers;
    p.warpSize = 32;
    p.maxThreadsPerBlock = max_block_threads;
    p.maxThreadsDim[0] = get(cudaDevAttrMaxBlockDimX);
    p.maxThreadsDim[1] = get(cudaDevAttrMaxBlockDimY);
    p.maxThreadsDim[2] = get(cudaDevAttrMaxBlockDimZ);
    p.maxGridSize[0] = get(cudaDevAttrMaxGridDimX);
    p.maxGridSize[1] = get(cudaDevAttrMaxGridDimY);
    p.maxGridSize[2] = get(cudaDevAttrMaxGridDimZ);
    p.major = get(cudaDevAttrComputeCapabilityMajor);
    p.minor = get(cudaDevAttrComputeCapabilityMinor);
    p.multiProcessorCount = state().settings.n_processors;
    p.maxThreadsPerMultiProcessor = threads_per_multiprocessor;
    p.maxBlocksPerMultiProcessor = blocks_per_multiprocessor;
    p.l2CacheSize = l2_bytes;
    p.memoryBusWidth = get(cudaDevAttrGlobalMemoryBusWidth);
    p.asyncEngineCount = 1;
    p.concurrentKernels = 1;
    p.canMapHostMemory = 1;
    p.unifiedAddressing = 1;
    p.pciBusID = get(cudaDevAttrPciBusId);
    *properties = p;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device)
{
    cudaError_t error = device_exists(device);
    bool known = false;
    const int got = attribute_of(attribute, device, &known);
    if (!error && (!value || !known))
        error = cudaErrorInvalidValue;
    if (!error)
        *value = got;
    return record(error);
}

cudaError_t cudaDeviceGetPCIBusId(char *text, int length, int device)
{
    cudaError_t error = device_exists(device);
    if (!error && (!text || length < 13))
        error = cudaErrorInvalidValue;
    if (!error)
        snprintf(text, static_cast<size_t>(length), "0000:%02X:00.0",
                 0xe0u + static_cast<unsigned>(device));
    return record(error);
}

cudaError_t cudaDriverGetVersion(int *version)
{
    if (!version)
        return record(cudaErrorInvalidValue);
    *version = state().settings.no_driver ? 0 : CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    if (!version)
        return record(cudaErrorInvalidValue);
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaGetLastError(void)
{
    return last_error(true);
}

cudaError_t cudaPeekAtLastError(void)
{
    return last_error(false);
}

const char *cudaGetErrorName(cudaError_t error)
{
    const error_text *e = text_of(error);
    return e ? e->name : "unrecognized error code";
}

const char *cudaGetErrorString(cudaError_t error)
{
    const error_text *e = text_of(error);
    return e ? e->text : "unrecognized error code";
}

cudaError_t cudaFuncSetAttribute(const void *kernel, cudaFuncAttribute attribute, int value)
{
    cudaError_t error = enter();
    if (!error && !kernel)
        error = cudaErrorInvalidDeviceFunction;
    if (!error && attribute == cudaFuncAttributeMaxDynamicSharedMemorySize) {
        emulator &e = state();
        std::lock_guard<std::mutex> lock(e.mutex);
        if (value < 0 || static_cast<size_t>(value) > max_shared)
            error = cudaErrorInvalidValue;
        else
            e.dynamic_limits[kernel] = static_cast<size_t>(value);
    } else if (!error && (attribute != cudaFuncAttributePreferredSharedMemoryCarveout ||
                          value < -1 || value > 100)) {
        error = cudaErrorInvalidValue;
    }
    return record(error);
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const void *kernel,
                                                          int block_size, size_t dynamic_bytes)
{
    cudaError_t error = enter();
    if (!error && !kernel)
        error = cudaErrorInvalidDeviceFunction;
    if (!error && (!blocks || block_size < 1))
        error = cudaErrorInvalidValue;
    if (!error) {
        const int warps = (block_size + 31) / 32;
        const size_t by_shared = shared_per_multiprocessor / (dynamic_bytes + reserved_shared);
        int n = threads_per_multiprocessor / (warps * 32);
        if (n > blocks_per_multiprocessor)
            n = blocks_per_multiprocessor;
        if (by_shared < static_cast<size_t>(n))
            n = static_cast<int>(by_shared);
        *blocks =
            block_size > static_cast<int>(max_block_threads) || dynamic_bytes > max_shared ? 0 : n;
    }
    return record(error);
}
}
