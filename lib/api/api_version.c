/* api_version.c - rqa/version.h. */
#include "rqa/rqa.h"

const char *rqa_version(void)
{
    return RQA_VERSION_STRING;
}

uint32_t rqa_abi_version(void)
{
    return RQA_ABI_VERSION;
}

uint32_t rqa_numerics_version(void)
{
    return RQA_NUMERICS_VERSION;
}

size_t rqa_struct_size(int32_t struct_id)
{
    switch (struct_id) {
    case RQA_STRUCT_CONTEXT_OPTIONS:
        return sizeof(rqa_context_options);
    case RQA_STRUCT_BACKEND_INFO:
        return sizeof(rqa_backend_info);
    case RQA_STRUCT_SERIES_OPTIONS:
        return sizeof(rqa_series_options);
    case RQA_STRUCT_ANALYSIS_OPTIONS:
        return sizeof(rqa_analysis_options);
    case RQA_STRUCT_LINE_BIN:
        return sizeof(rqa_line_bin);
    case RQA_STRUCT_PROVENANCE:
        return sizeof(rqa_provenance);
    case RQA_STRUCT_PNG_OPTIONS:
        return sizeof(rqa_png_options);
    case RQA_STRUCT_BATCH_OPTIONS:
        return sizeof(rqa_batch_options);
    case RQA_STRUCT_BATCH_ITEM:
        return sizeof(rqa_batch_item);
    case RQA_STRUCT_BATCH_ROW:
        return sizeof(rqa_batch_row);
    case RQA_STRUCT_BATCH_EVENT:
        return sizeof(rqa_batch_event);
    case RQA_STRUCT_BATCH_STATISTICS:
        return sizeof(rqa_batch_statistics);
    case RQA_STRUCT_MEMORY_HOOKS:
        return sizeof(rqa_memory_hooks);
    case RQA_STRUCT_PROFILE:
        return sizeof(rqa_profile);
    case RQA_STRUCT_STORE_OPTIONS:
        return sizeof(rqa_store_options);
    case RQA_STRUCT_STORE_SUMMARY:
        return sizeof(rqa_store_summary);
    case RQA_STRUCT_STORE_FILTER:
        return sizeof(rqa_store_filter);
    case RQA_STRUCT_STORE_ROW:
        return sizeof(rqa_store_row);
    case RQA_STRUCT_SUGGEST_OPTIONS:
        return sizeof(rqa_suggest_options);
    case RQA_STRUCT_WINDOWS_OPTIONS:
        return sizeof(rqa_windows_options);
    case RQA_STRUCT_WINDOW:
        return sizeof(rqa_window);
    case RQA_STRUCT_STREAM_OPTIONS:
        return sizeof(rqa_stream_options);
    case RQA_STRUCT_SURROGATE_OPTIONS:
        return sizeof(rqa_surrogate_options);
    case RQA_STRUCT_TEST_OPTIONS:
        return sizeof(rqa_test_options);
    case RQA_STRUCT_TEST_RESULT:
        return sizeof(rqa_test_result);
    case RQA_STRUCT_BOOTSTRAP_OPTIONS:
        return sizeof(rqa_bootstrap_options);
    case RQA_STRUCT_LINE_COUNTS:
        return sizeof(rqa_line_counts);
    case RQA_STRUCT_INTERVAL:
        return sizeof(rqa_interval);
    case RQA_STRUCT_STORE_QUERY:
        return sizeof(rqa_store_query);
    case RQA_STRUCT_STORE_BLOCK:
        return sizeof(rqa_store_block);
    case RQA_STRUCT_SAMPLED_OPTIONS:
        return sizeof(rqa_sampled_options);
    case RQA_STRUCT_ESTIMATE:
        return sizeof(rqa_estimate);
    default:
        return 0;
    }
}
