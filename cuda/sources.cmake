# The plugin's sources: compiled by nvcc here, by the host compiler in the tests.
set(rqa_cuda_sources bits_kernel.cu bundle_band.cu bundle_collect.cu bundle_deliver.cu
    bundle_plan.cu bundle_run.cu bundle_upload.cu caller_context.cu device.cu device_memory.cu
    gemm_library.cu join_kernel.cu lags.cu lags_kernel.cu lags_place.cu near.cu plugin_entry.cu
    products.cu products_band.cu products_kernel.cu walk_kernel.cu)
list(TRANSFORM rqa_cuda_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
