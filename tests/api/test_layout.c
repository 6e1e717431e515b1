/* test_layout.c - the ABI on LP64: offsets and sizes of public structs, numbers of public enums.
 *
 * Append to the lists when a field or a value is added; never change a line.
 */
#include <stddef.h>

#include "support.h"

#define AT(type, field, offset)                                                                    \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved")
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type)
#define NUMBER(name, number) _Static_assert((name) == (number), #name " has another number")

#if defined(__LP64__)
AT(rqa_analysis_options, struct_size, 0);
AT(rqa_analysis_options, convention, 4);
AT(rqa_analysis_options, norm, 8);
AT(rqa_analysis_options, compare, 12);
AT(rqa_analysis_options, relation, 16);
AT(rqa_analysis_options, threshold_unit, 20);
AT(rqa_analysis_options, threshold, 24);
AT(rqa_analysis_options, threshold_y, 32);
AT(rqa_analysis_options, theiler, 40);
AT(rqa_analysis_options, theiler_points, 48);
AT(rqa_analysis_options, theiler_diagonal, 56);
AT(rqa_analysis_options, theiler_vertical, 64);
AT(rqa_analysis_options, lmin, 72);
AT(rqa_analysis_options, vmin, 76);
AT(rqa_analysis_options, wmin, 80);
AT(rqa_analysis_options, white_border, 84);
AT(rqa_analysis_options, trend_border, 88);
AT(rqa_analysis_options, backend, 92);
AT(rqa_analysis_options, measures, 96);
AT(rqa_analysis_options, threshold_lower, 104);
AT(rqa_analysis_options, corridor, 112);
AT(rqa_analysis_options, ties, 116);
AT(rqa_analysis_options, border, 120);
AT(rqa_analysis_options, microstate_size, 124);
AT(rqa_analysis_options, skeleton, 128);
AT(rqa_analysis_options, direction, 132);
AT(rqa_analysis_options, direction_bound, 136);
AT(rqa_analysis_options, direction_lag, 144);
AT(rqa_analysis_options, reserved, 148);
SIZE(rqa_analysis_options, 152);

AT(rqa_windows_options, struct_size, 0);
AT(rqa_windows_options, scope, 4);
AT(rqa_windows_options, window, 8);
AT(rqa_windows_options, step, 16);
SIZE(rqa_windows_options, 24);

AT(rqa_window, struct_size, 0);
AT(rqa_window, reserved, 4);
AT(rqa_window, start, 8);
AT(rqa_window, end, 16);
AT(rqa_window, centre, 24);
AT(rqa_window, pairs, 32);
AT(rqa_window, points, 40);
AT(rqa_window, threshold, 48);
AT(rqa_window, threshold_y, 56);
SIZE(rqa_window, 64);

AT(rqa_stream_options, struct_size, 0);
AT(rqa_stream_options, missing, 4);
AT(rqa_stream_options, window, 8);
AT(rqa_stream_options, on_sample, 16);
AT(rqa_stream_options, user, 24);
SIZE(rqa_stream_options, 32);

AT(rqa_batch_options, struct_size, 0);
AT(rqa_batch_options, n_dims, 4);
AT(rqa_batch_options, dims, 8);
AT(rqa_batch_options, delays, 16);
AT(rqa_batch_options, thresholds, 24);
AT(rqa_batch_options, lmins, 32);
AT(rqa_batch_options, vmins, 40);
AT(rqa_batch_options, n_delays, 48);
AT(rqa_batch_options, n_thresholds, 52);
AT(rqa_batch_options, n_lmins, 56);
AT(rqa_batch_options, n_vmins, 60);
AT(rqa_batch_options, analysis, 64);
AT(rqa_batch_options, event_interval_s, 72);
AT(rqa_batch_options, device_interval_s, 80);
AT(rqa_batch_options, shard_index, 88);
AT(rqa_batch_options, shard_count, 92);
AT(rqa_batch_options, window, 96);
AT(rqa_batch_options, step, 104);
AT(rqa_batch_options, scope, 112);
AT(rqa_batch_options, reserved, 116);
SIZE(rqa_batch_options, 120);

AT(rqa_batch_item, struct_size, 0);
AT(rqa_batch_item, norm, 4);
AT(rqa_batch_item, relation, 8);
AT(rqa_batch_item, reserved, 12);
AT(rqa_batch_item, x, 16);
AT(rqa_batch_item, y, 24);
AT(rqa_batch_item, label, 32);
AT(rqa_batch_item, text, 40);
AT(rqa_batch_item, status, 48);
AT(rqa_batch_item, channel_first, 52);
AT(rqa_batch_item, channel_count, 56);
AT(rqa_batch_item, reserved2, 60);
AT(rqa_batch_item, mode, 64);
AT(rqa_batch_item, key_names, 72);
AT(rqa_batch_item, key_values, 80);
AT(rqa_batch_item, n_keys, 88);
AT(rqa_batch_item, reserved3, 92);
SIZE(rqa_batch_item, 96);

AT(rqa_batch_row, struct_size, 0);
AT(rqa_batch_row, dim, 4);
AT(rqa_batch_row, item, 8);
AT(rqa_batch_row, threshold, 16);
AT(rqa_batch_row, delay, 24);
AT(rqa_batch_row, lmin, 28);
AT(rqa_batch_row, vmin, 32);
AT(rqa_batch_row, reserved, 36);
AT(rqa_batch_row, window, 40);
AT(rqa_batch_row, window_start, 48);
AT(rqa_batch_row, window_end, 56);
AT(rqa_batch_row, window_centre, 64);
SIZE(rqa_batch_row, 72);

AT(rqa_batch_statistics, struct_size, 0);
AT(rqa_batch_statistics, state, 4);
AT(rqa_batch_statistics, n_total, 8);
AT(rqa_batch_statistics, n_done, 16);
AT(rqa_batch_statistics, n_failed, 24);
AT(rqa_batch_statistics, n_skipped, 32);
AT(rqa_batch_statistics, percent, 40);
AT(rqa_batch_statistics, elapsed_s, 48);
AT(rqa_batch_statistics, eta_s, 56);
AT(rqa_batch_statistics, rate_per_s, 64);
SIZE(rqa_batch_statistics, 72);

AT(rqa_batch_event, struct_size, 0);
AT(rqa_batch_event, type, 4);
AT(rqa_batch_event, statistics, 8);
AT(rqa_batch_event, label, 80);
AT(rqa_batch_event, item, 88);
AT(rqa_batch_event, status, 96);
AT(rqa_batch_event, n_measures, 100);
AT(rqa_batch_event, text, 104);
AT(rqa_batch_event, values, 112);
AT(rqa_batch_event, reasons, 120);
AT(rqa_batch_event, n_rows, 128);
AT(rqa_batch_event, device_utilization, 136);
AT(rqa_batch_event, device_memory_used_bytes, 144);
AT(rqa_batch_event, device_memory_total_bytes, 152);
AT(rqa_batch_event, reached, 160);
SIZE(rqa_batch_event, 168);

AT(rqa_context_options, struct_size, 0);
AT(rqa_context_options, n_threads, 4);
AT(rqa_context_options, memory_limit_bytes, 8);
AT(rqa_context_options, device_memory_share, 16);
AT(rqa_context_options, log, 24);
AT(rqa_context_options, log_user, 32);
AT(rqa_context_options, log_level, 40);
AT(rqa_context_options, device_batch, 44);
SIZE(rqa_context_options, 48);

AT(rqa_backend_info, struct_size, 0);
AT(rqa_backend_info, backend, 4);
AT(rqa_backend_info, available, 8);
AT(rqa_backend_info, n_workers, 12);
AT(rqa_backend_info, name, 16);
AT(rqa_backend_info, detail, 24);
AT(rqa_backend_info, memory_bytes, 32);
SIZE(rqa_backend_info, 40);

AT(rqa_memory_hooks, struct_size, 0);
AT(rqa_memory_hooks, reserved, 4);
AT(rqa_memory_hooks, allocate, 8);
AT(rqa_memory_hooks, reallocate, 16);
AT(rqa_memory_hooks, release, 24);
AT(rqa_memory_hooks, user, 32);
SIZE(rqa_memory_hooks, 40);

AT(rqa_profile, struct_size, 0);
AT(rqa_profile, measured, 4);
AT(rqa_profile, bits_scale, 8);
AT(rqa_profile, sweep_scale, 16);
AT(rqa_profile, thread_speedup, 24);
AT(rqa_profile, thread_start_s, 32);
AT(rqa_profile, gpu_rate, 40);
AT(rqa_profile, gpu_start_s, 48);
SIZE(rqa_profile, 56);

AT(rqa_png_options, struct_size, 0);
AT(rqa_png_options, max_pixels, 4);
AT(rqa_png_options, overwrite, 8);
AT(rqa_png_options, frame, 12);
AT(rqa_png_options, sample_period, 16);
AT(rqa_png_options, x_label, 24);
AT(rqa_png_options, y_label, 32);
SIZE(rqa_png_options, 40);

AT(rqa_line_bin, length, 0);
AT(rqa_line_bin, count, 8);
SIZE(rqa_line_bin, 16);

AT(rqa_provenance, struct_size, 0);
AT(rqa_provenance, backend, 4);
AT(rqa_provenance, n_threads, 8);
AT(rqa_provenance, convention, 12);
AT(rqa_provenance, compare, 16);
AT(rqa_provenance, lmin, 20);
AT(rqa_provenance, vmin, 24);
AT(rqa_provenance, wmin, 28);
AT(rqa_provenance, theiler_points, 32);
AT(rqa_provenance, theiler_diagonal, 40);
AT(rqa_provenance, theiler_vertical, 48);
AT(rqa_provenance, threshold, 56);
AT(rqa_provenance, threshold_y, 64);
AT(rqa_provenance, kernels, 72);
AT(rqa_provenance, strategy, 80);
AT(rqa_provenance, reason, 88);
AT(rqa_provenance, version, 96);
AT(rqa_provenance, threshold_lower, 104);
AT(rqa_provenance, rr_reached, 112);
AT(rqa_provenance, rr_reached_y, 120);
AT(rqa_provenance, ties_at_threshold, 128);
AT(rqa_provenance, ties_at_threshold_y, 136);
SIZE(rqa_provenance, 144);

AT(rqa_series_options, struct_size, 0);
AT(rqa_series_options, dtype, 4);
AT(rqa_series_options, sample_stride_bytes, 8);
AT(rqa_series_options, channel_stride_bytes, 16);
AT(rqa_series_options, normalization, 24);
AT(rqa_series_options, missing, 28);
SIZE(rqa_series_options, 32);

AT(rqa_store_options, struct_size, 0);
AT(rqa_store_options, mode, 4);
AT(rqa_store_options, command, 8);
SIZE(rqa_store_options, 16);

AT(rqa_store_summary, struct_size, 0);
AT(rqa_store_summary, schema, 4);
AT(rqa_store_summary, n_items, 8);
AT(rqa_store_summary, n_failed, 16);
AT(rqa_store_summary, n_rows, 24);
AT(rqa_store_summary, n_replaced, 32);
AT(rqa_store_summary, n_runs, 40);
AT(rqa_store_summary, n_keys, 48);
AT(rqa_store_summary, numerics, 52);
AT(rqa_store_summary, measures, 56);
AT(rqa_store_summary, rules, 64);
AT(rqa_store_summary, n_older, 72);
AT(rqa_store_summary, n_rates, 80);
AT(rqa_store_summary, n_windowed, 88);
SIZE(rqa_store_summary, 96);

AT(rqa_store_filter, struct_size, 0);
AT(rqa_store_filter, n_dims, 4);
AT(rqa_store_filter, dims, 8);
AT(rqa_store_filter, delays, 16);
AT(rqa_store_filter, thresholds, 24);
AT(rqa_store_filter, lmins, 32);
AT(rqa_store_filter, vmins, 40);
AT(rqa_store_filter, n_delays, 48);
AT(rqa_store_filter, n_thresholds, 52);
AT(rqa_store_filter, n_lmins, 56);
AT(rqa_store_filter, n_vmins, 60);
AT(rqa_store_filter, batch, 64);
SIZE(rqa_store_filter, 72);

AT(rqa_store_query, struct_size, 0);
AT(rqa_store_query, n_parameters, 4);
AT(rqa_store_query, sql, 8);
AT(rqa_store_query, types, 16);
AT(rqa_store_query, integers, 24);
AT(rqa_store_query, numbers, 32);
AT(rqa_store_query, texts, 40);
AT(rqa_store_query, block_rows, 48);
AT(rqa_store_query, reserved, 52);
SIZE(rqa_store_query, 56);

AT(rqa_store_block, struct_size, 0);
AT(rqa_store_block, n_columns, 4);
AT(rqa_store_block, n_rows, 8);
AT(rqa_store_block, stride, 16);
AT(rqa_store_block, names, 24);
AT(rqa_store_block, types, 32);
AT(rqa_store_block, integers, 40);
AT(rqa_store_block, numbers, 48);
AT(rqa_store_block, texts, 56);
SIZE(rqa_store_block, 64);

AT(rqa_store_row, struct_size, 0);
AT(rqa_store_row, status, 4);
AT(rqa_store_row, item, 8);
AT(rqa_store_row, series, 16);
AT(rqa_store_row, mode, 24);
AT(rqa_store_row, keys, 32);
AT(rqa_store_row, n_keys, 40);
AT(rqa_store_row, dim, 44);
AT(rqa_store_row, threshold, 48);
AT(rqa_store_row, delay, 56);
AT(rqa_store_row, lmin, 60);
AT(rqa_store_row, vmin, 64);
AT(rqa_store_row, n_values, 68);
AT(rqa_store_row, values, 72);
AT(rqa_store_row, reason, 80);
AT(rqa_store_row, backend, 88);
AT(rqa_store_row, measures, 96);
AT(rqa_store_row, rules, 104);
AT(rqa_store_row, n_rules, 112);
AT(rqa_store_row, threshold_reached, 120);
AT(rqa_store_row, rr_reached, 128);
AT(rqa_store_row, window, 136);
AT(rqa_store_row, window_start, 144);
AT(rqa_store_row, window_end, 152);
AT(rqa_store_row, window_centre, 160);
SIZE(rqa_store_row, 168);

AT(rqa_surrogate_options, struct_size, 0);
AT(rqa_surrogate_options, method, 4);
AT(rqa_surrogate_options, seed, 8);
AT(rqa_surrogate_options, count, 16);
AT(rqa_surrogate_options, max_iterations, 20);
AT(rqa_surrogate_options, dim, 24);
AT(rqa_surrogate_options, delay, 28);
AT(rqa_surrogate_options, analysis, 32);
AT(rqa_surrogate_options, min_distance, 40);
AT(rqa_surrogate_options, reserved, 44);
SIZE(rqa_surrogate_options, 48);

AT(rqa_test_options, struct_size, 0);
AT(rqa_test_options, dim, 4);
AT(rqa_test_options, delay, 8);
AT(rqa_test_options, reserved, 12);
AT(rqa_test_options, analysis, 16);
AT(rqa_test_options, progress, 24);
AT(rqa_test_options, progress_user, 32);
SIZE(rqa_test_options, 40);

AT(rqa_test_result, struct_size, 0);
AT(rqa_test_result, reason, 4);
AT(rqa_test_result, value, 8);
AT(rqa_test_result, p, 16);
AT(rqa_test_result, p_less, 24);
AT(rqa_test_result, p_two_sided, 32);
AT(rqa_test_result, mean, 40);
AT(rqa_test_result, std, 48);
AT(rqa_test_result, minimum, 56);
AT(rqa_test_result, q025, 64);
AT(rqa_test_result, median, 72);
AT(rqa_test_result, q975, 80);
AT(rqa_test_result, maximum, 88);
AT(rqa_test_result, n_surrogates, 96);
AT(rqa_test_result, n_undefined, 104);
AT(rqa_test_result, n_at_least, 112);
SIZE(rqa_test_result, 120);

AT(rqa_bootstrap_options, struct_size, 0);
AT(rqa_bootstrap_options, count, 4);
AT(rqa_bootstrap_options, seed, 8);
AT(rqa_bootstrap_options, level, 16);
AT(rqa_bootstrap_options, lines, 24);
AT(rqa_bootstrap_options, reserved, 28);
SIZE(rqa_bootstrap_options, 32);

AT(rqa_sampled_options, struct_size, 0);
AT(rqa_sampled_options, reserved, 4);
AT(rqa_sampled_options, seed, 8);
AT(rqa_sampled_options, n_lines, 16);
AT(rqa_sampled_options, n_cells, 24);
AT(rqa_sampled_options, n_blocks, 32);
SIZE(rqa_sampled_options, 40);

AT(rqa_estimate, struct_size, 0);
AT(rqa_estimate, reason, 4);
AT(rqa_estimate, value, 8);
AT(rqa_estimate, standard_error, 16);
AT(rqa_estimate, n_drawn, 24);
SIZE(rqa_estimate, 32);

AT(rqa_line_counts, struct_size, 0);
AT(rqa_line_counts, convention, 4);
AT(rqa_line_counts, relation, 8);
AT(rqa_line_counts, lmin, 12);
AT(rqa_line_counts, vmin, 16);
AT(rqa_line_counts, reserved, 20);
AT(rqa_line_counts, diagonal, 24);
AT(rqa_line_counts, vertical, 32);
AT(rqa_line_counts, n_diagonal, 40);
AT(rqa_line_counts, n_vertical, 48);
SIZE(rqa_line_counts, 56);

AT(rqa_interval, struct_size, 0);
AT(rqa_interval, n_skipped, 4);
AT(rqa_interval, lower, 8);
AT(rqa_interval, upper, 16);
AT(rqa_interval, mean, 24);
AT(rqa_interval, std, 32);
AT(rqa_interval, n_lines, 40);
SIZE(rqa_interval, 48);

AT(rqa_suggest_options, struct_size, 0);
AT(rqa_suggest_options, max_lag, 4);
AT(rqa_suggest_options, max_dim, 8);
AT(rqa_suggest_options, bins, 12);
AT(rqa_suggest_options, mi_estimator, 16);
AT(rqa_suggest_options, ksg_k, 20);
AT(rqa_suggest_options, theiler, 24);
AT(rqa_suggest_options, delay, 28);
AT(rqa_suggest_options, norm, 32);
AT(rqa_suggest_options, reserved, 36);
AT(rqa_suggest_options, fnn_rtol, 40);
AT(rqa_suggest_options, fnn_atol, 48);
AT(rqa_suggest_options, fnn_fraction, 56);
SIZE(rqa_suggest_options, 64);
#endif

NUMBER(RQA_NORM_MAXIMUM, 0);
NUMBER(RQA_NORM_EUCLIDEAN, 1);
NUMBER(RQA_NORM_MANHATTAN, 2);

NUMBER(RQA_COMPARE_CONVENTION, 0);
NUMBER(RQA_COMPARE_LE, 1);
NUMBER(RQA_COMPARE_LT, 2);

NUMBER(RQA_RELATION_AUTO, 0);
NUMBER(RQA_RELATION_CROSS, 1);
NUMBER(RQA_RELATION_JOINT, 2);

NUMBER(RQA_THRESHOLD_DATA, 0);
NUMBER(RQA_THRESHOLD_STD, 1);
NUMBER(RQA_THRESHOLD_MAX_DIAMETER, 2);
NUMBER(RQA_THRESHOLD_MEAN_DIAMETER, 3);
NUMBER(RQA_THRESHOLD_RECURRENCE_RATE, 4);
NUMBER(RQA_THRESHOLD_NEIGHBOURS, 5);
NUMBER(RQA_THRESHOLD_NEIGHBOUR_RATE, 6);
NUMBER(RQA_TIES_ALL, 0);
NUMBER(RQA_TIES_INDEX, 1);

NUMBER(RQA_WHITE_BORDER_CONVENTION, 0);
NUMBER(RQA_WHITE_BORDER_INCLUDE, 1);
NUMBER(RQA_WHITE_BORDER_EXCLUDE, 2);

NUMBER(RQA_BATCH_ITEMS, 0);
NUMBER(RQA_BATCH_COMBINATIONS, 1);
NUMBER(RQA_BATCH_ROWS, 2);
NUMBER(RQA_BATCH_MEASURES, 3);
NUMBER(RQA_BATCH_UNITS, 4);
NUMBER(RQA_BORDER_ALL, 0);
NUMBER(RQA_BORDER_DIBO, 1);
NUMBER(RQA_BORDER_DIBO_SEMI, 2);
NUMBER(RQA_BORDER_KELO, 3);
NUMBER(RQA_BORDER_KELO_SEMI, 4);
NUMBER(RQA_BORDER_CENSI, 5);
NUMBER(RQA_BORDER_CENSI_SEMI, 6);
NUMBER(RQA_BORDER_CENSI_LOI, 7);
NUMBER(RQA_BORDER_CENSI_SEMI_LOI, 8);
NUMBER(RQA_SURROGATE_SHUFFLE, 0);
NUMBER(RQA_SURROGATE_PHASE, 1);
NUMBER(RQA_SURROGATE_AAFT, 2);
NUMBER(RQA_SURROGATE_IAAFT, 3);
NUMBER(RQA_SURROGATE_TWIN, 4);
NUMBER(RQA_BOOTSTRAP_ALL_LINES, 0);
NUMBER(RQA_BOOTSTRAP_LONG_LINES, 1);

NUMBER(RQA_EVENT_BATCH_STARTED, 1);
NUMBER(RQA_EVENT_PROGRESS, 2);
NUMBER(RQA_EVENT_DEVICE_STATS, 3);
NUMBER(RQA_EVENT_BATCH_COMPLETED, 4);
NUMBER(RQA_EVENT_ITEM_COMPLETED, 5);

NUMBER(RQA_BACKEND_AUTO, 0);
NUMBER(RQA_BACKEND_SEQUENTIAL, 1);
NUMBER(RQA_BACKEND_THREADS, 2);
NUMBER(RQA_BACKEND_GPU, 3);
NUMBER(RQA_BACKEND_HYBRID, 4);

NUMBER(RQA_LOG_WARNING, 1);
NUMBER(RQA_LOG_INFO, 2);
NUMBER(RQA_LOG_DEBUG, 3);

NUMBER(RQA_CONVENTION_STANDARD, 0);
NUMBER(RQA_CONVENTION_RECURRENCEANALYSIS, 1);
NUMBER(RQA_CONVENTION_CRP, 2);
NUMBER(RQA_CONVENTION_PYRQA, 3);
NUMBER(RQA_CONVENTION_PYUNICORN, 4);
NUMBER(RQA_CONVENTION_ACCRQA, 5);
NUMBER(RQA_CONVENTION_CRQA, 6);
NUMBER(RQA_CONVENTION_NEUROKIT, 7);
NUMBER(RQA_CONVENTION_FOUNDING, 8);

NUMBER(RQA_MEASURE_RR, 0);
NUMBER(RQA_MEASURE_DET, 1);
NUMBER(RQA_MEASURE_L_MEAN, 2);
NUMBER(RQA_MEASURE_L_MAX, 3);
NUMBER(RQA_MEASURE_DIV, 4);
NUMBER(RQA_MEASURE_L_ENTR, 5);
NUMBER(RQA_MEASURE_LAM, 6);
NUMBER(RQA_MEASURE_TT, 7);
NUMBER(RQA_MEASURE_V_MAX, 8);
NUMBER(RQA_MEASURE_V_ENTR, 9);
NUMBER(RQA_MEASURE_W_MEAN, 10);
NUMBER(RQA_MEASURE_W_MAX, 11);
NUMBER(RQA_MEASURE_W_ENTR, 12);
NUMBER(RQA_MEASURE_T1, 13);
NUMBER(RQA_MEASURE_T2, 14);
NUMBER(RQA_MEASURE_RTE, 15);
NUMBER(RQA_MEASURE_TREND, 16);
NUMBER(RQA_MEASURE_DET_RR, 17);
NUMBER(RQA_MEASURE_LAM_DET, 18);
NUMBER(RQA_MEASURE_TRANSITIVITY, 19);
NUMBER(RQA_MEASURE_CLUSTERING, 20);
NUMBER(RQA_MEASURE_ASSORTATIVITY, 21);
NUMBER(RQA_MEASURE_COMPONENTS, 22);
NUMBER(RQA_MEASURE_PATH_MEAN, 23);
NUMBER(RQA_MEASURE_DIAMETER, 24);
NUMBER(RQA_MEASURE_EFFICIENCY, 25);
NUMBER(RQA_MEASURE_RPDE, 26);
NUMBER(RQA_MEASURE_NMPRT, 27);
NUMBER(RQA_MEASURE_NMPRT_TIME, 28);
NUMBER(RQA_MEASURE_L_ENTR_REL, 29);
NUMBER(RQA_MEASURE_MICROSTATE_ENTROPY, 30);
NUMBER(RQA_MEASURE_CAT_ENTROPY, 31);
NUMBER(RQA_MEASURE_COUNT, 32);
NUMBER(RQA_MEASURES_DEFAULT_COUNT, 19);

NUMBER(RQA_REASON_DEFINED, 0);
NUMBER(RQA_REASON_NO_CELLS, 1);
NUMBER(RQA_REASON_NO_POINTS, 2);
NUMBER(RQA_REASON_NO_LINE, 3);
NUMBER(RQA_REASON_NO_PAIR, 4);
NUMBER(RQA_REASON_ZERO_DENOMINATOR, 5);
NUMBER(RQA_REASON_FEW_OFFSETS, 6);
NUMBER(RQA_REASON_SERIES_TOO_SHORT, 7);
NUMBER(RQA_REASON_NOT_COMPUTED, 8);
NUMBER(RQA_REASON_FAILED, 9);
NUMBER(RQA_REASON_ALL_SKIPPED, 10);
NUMBER(RQA_REASON_RATE_UNREACHABLE, 11);

NUMBER(RQA_COUNT_SAMPLES_X, 0);
NUMBER(RQA_COUNT_SAMPLES_Y, 1);
NUMBER(RQA_COUNT_VECTORS_X, 2);
NUMBER(RQA_COUNT_VECTORS_Y, 3);
NUMBER(RQA_COUNT_PAIRS, 4);
NUMBER(RQA_COUNT_POINTS, 5);
NUMBER(RQA_COUNT_SKIPPED_X, 6);
NUMBER(RQA_COUNT_SKIPPED_Y, 7);

NUMBER(RQA_HISTOGRAM_DIAGONAL, 0);
NUMBER(RQA_HISTOGRAM_VERTICAL, 1);
NUMBER(RQA_HISTOGRAM_WHITE, 2);
NUMBER(RQA_HISTOGRAM_RECURRENCE_TIME, 3);

NUMBER(RQA_DTYPE_FLOAT64, 0);
NUMBER(RQA_DTYPE_FLOAT32, 1);
NUMBER(RQA_DTYPE_INT8, 2);
NUMBER(RQA_DTYPE_UINT8, 3);
NUMBER(RQA_DTYPE_INT16, 4);
NUMBER(RQA_DTYPE_UINT16, 5);
NUMBER(RQA_DTYPE_INT32, 6);
NUMBER(RQA_DTYPE_UINT32, 7);
NUMBER(RQA_DTYPE_INT64, 8);
NUMBER(RQA_DTYPE_UINT64, 9);

NUMBER(RQA_NORMALIZATION_NONE, 0);
NUMBER(RQA_NORMALIZATION_ZSCORE, 1);
NUMBER(RQA_NORMALIZATION_ZSCORE_POP, 2);
NUMBER(RQA_NORMALIZATION_UNIT, 3);

NUMBER(RQA_MISSING_ERROR, 0);
NUMBER(RQA_MISSING_SKIP, 1);

NUMBER(RQA_OK, 0);
NUMBER(RQA_ERROR_NULL, -1);
NUMBER(RQA_ERROR_STRUCT_SIZE, -2);
NUMBER(RQA_ERROR_VALUE, -3);
NUMBER(RQA_ERROR_NOT_FINITE, -4);
NUMBER(RQA_ERROR_OVERFLOW, -5);
NUMBER(RQA_ERROR_TOO_SHORT, -6);
NUMBER(RQA_ERROR_MISMATCH, -7);
NUMBER(RQA_ERROR_CONSTANT, -8);
NUMBER(RQA_ERROR_UNKNOWN_NAME, -9);
NUMBER(RQA_ERROR_STATE, -10);
NUMBER(RQA_ERROR_UNSUPPORTED, -11);
NUMBER(RQA_ERROR_MEMORY, -20);
NUMBER(RQA_ERROR_MEMORY_LIMIT, -21);
NUMBER(RQA_ERROR_THREAD, -22);
NUMBER(RQA_ERROR_FORKED, -23);
NUMBER(RQA_ERROR_IO, -24);
NUMBER(RQA_ERROR_BACKEND_MISSING, -30);
NUMBER(RQA_ERROR_BACKEND_FAILED, -31);
NUMBER(RQA_ERROR_CANCELLED, -40);
NUMBER(RQA_ERROR_INTERNAL, -99);

NUMBER(RQA_STRUCT_CONTEXT_OPTIONS, 1);
NUMBER(RQA_STRUCT_BACKEND_INFO, 2);
NUMBER(RQA_STRUCT_SERIES_OPTIONS, 3);
NUMBER(RQA_STRUCT_ANALYSIS_OPTIONS, 4);
NUMBER(RQA_STRUCT_LINE_BIN, 5);
NUMBER(RQA_STRUCT_PROVENANCE, 6);
NUMBER(RQA_STRUCT_PNG_OPTIONS, 7);
NUMBER(RQA_STRUCT_BATCH_OPTIONS, 8);
NUMBER(RQA_STRUCT_BATCH_ITEM, 9);
NUMBER(RQA_STRUCT_BATCH_ROW, 10);
NUMBER(RQA_STRUCT_BATCH_EVENT, 11);
NUMBER(RQA_STRUCT_BATCH_STATISTICS, 12);
NUMBER(RQA_STRUCT_MEMORY_HOOKS, 13);
NUMBER(RQA_STRUCT_PROFILE, 14);
NUMBER(RQA_ERROR_STORE, -50);
NUMBER(RQA_ERROR_STORE_FORMAT, -51);
NUMBER(RQA_ERROR_STORE_FULL, -52);
NUMBER(RQA_ERROR_STORE_CONFLICT, -53);
NUMBER(RQA_STORE_WRITE, 0);
NUMBER(RQA_STORE_READ, 1);
NUMBER(RQA_STORE_CREATE, 2);
NUMBER(RQA_STRUCT_STORE_OPTIONS, 15);
NUMBER(RQA_STRUCT_STORE_SUMMARY, 16);
NUMBER(RQA_STRUCT_STORE_FILTER, 17);
NUMBER(RQA_STRUCT_STORE_ROW, 18);
NUMBER(RQA_STRUCT_STORE_QUERY, 60);
NUMBER(RQA_STRUCT_STORE_BLOCK, 61);
NUMBER(RQA_STORE_NULL, 0);
NUMBER(RQA_STORE_INTEGER, 1);
NUMBER(RQA_STORE_NUMBER, 2);
NUMBER(RQA_STORE_TEXT, 3);
NUMBER(RQA_CORRELATION_THRESHOLD, 0);
NUMBER(RQA_CORRELATION_SUM, 1);
NUMBER(RQA_CORRELATION_LOCAL_SLOPE, 2);
NUMBER(RQA_K2_LINES, 0);
NUMBER(RQA_K2_SEGMENTS, 1);
NUMBER(RQA_LAG_PROFILE_RR, 0);
NUMBER(RQA_LAG_PROFILE_DET, 1);
NUMBER(RQA_LAG_PROFILE_L_MEAN, 2);
NUMBER(RQA_LAG_PROFILE_CELLS, 0);
NUMBER(RQA_LAG_PROFILE_POINTS, 1);
NUMBER(RQA_LAG_PROFILE_LINE_POINTS, 2);
NUMBER(RQA_LAG_PROFILE_LINES, 3);
NUMBER(RQA_STRUCT_WINDOWS_OPTIONS, 20);
NUMBER(RQA_STRUCT_WINDOW, 21);
NUMBER(RQA_STRUCT_STREAM_OPTIONS, 22);
NUMBER(RQA_WINDOWS_SCOPE_RECORDING, 0);
NUMBER(RQA_WINDOWS_SCOPE_WINDOW, 1);
NUMBER(RQA_STRUCT_SURROGATE_OPTIONS, 30);
NUMBER(RQA_STRUCT_TEST_OPTIONS, 31);
NUMBER(RQA_STRUCT_TEST_RESULT, 32);
NUMBER(RQA_STRUCT_BOOTSTRAP_OPTIONS, 33);
NUMBER(RQA_STRUCT_LINE_COUNTS, 34);
NUMBER(RQA_STRUCT_INTERVAL, 35);
NUMBER(RQA_STRUCT_SAMPLED_OPTIONS, 40);
NUMBER(RQA_STRUCT_ESTIMATE, 41);
NUMBER(RQA_SAMPLED_CELLS, 0);
NUMBER(RQA_SAMPLED_POINTS, 1);
NUMBER(RQA_SAMPLED_DIAGONAL, 2);
NUMBER(RQA_SAMPLED_VERTICAL, 3);
NUMBER(RQA_SAMPLED_BLOCKS, 4);
NUMBER(RQA_STRUCT_SUGGEST_OPTIONS, 19);
NUMBER(RQA_MI_BINS, 0);
NUMBER(RQA_MI_KSG, 1);
NUMBER(RQA_CURVE_ACF, 0);
NUMBER(RQA_CURVE_AMI, 1);
NUMBER(RQA_CURVE_FNN_N, 2);
NUMBER(RQA_CURVE_FNN_CRITERION1, 3);
NUMBER(RQA_CURVE_FNN_CRITERION2, 4);
NUMBER(RQA_CURVE_FNN_EITHER, 5);
NUMBER(RQA_CURVE_FNN_FRACTION, 6);
NUMBER(RQA_CURVE_CAO_E, 7);
NUMBER(RQA_CURVE_CAO_E_STAR, 8);
NUMBER(RQA_CURVE_CAO_E1, 9);
NUMBER(RQA_CURVE_CAO_E2, 10);
NUMBER(RQA_SUGGESTION_DELAY, 0);
NUMBER(RQA_SUGGESTION_DIM, 1);
NUMBER(RQA_SUGGESTION_FIRST_ZERO, 2);
NUMBER(RQA_SUGGESTION_FIRST_1_OVER_E, 3);
NUMBER(RQA_SUGGESTION_FIRST_MINIMUM, 4);
NUMBER(RQA_SUGGESTION_RATE05, 5);
NUMBER(RQA_SUGGESTION_DIAMETER10, 6);
NUMBER(RQA_SUGGESTION_SD02, 7);

START_TEST(struct_sizes)
{
    static const struct {
        int32_t id;
        size_t size;
    } known[] = {
        {RQA_STRUCT_CONTEXT_OPTIONS, sizeof(rqa_context_options)},
        {RQA_STRUCT_BACKEND_INFO, sizeof(rqa_backend_info)},
        {RQA_STRUCT_SERIES_OPTIONS, sizeof(rqa_series_options)},
        {RQA_STRUCT_ANALYSIS_OPTIONS, sizeof(rqa_analysis_options)},
        {RQA_STRUCT_LINE_BIN, sizeof(rqa_line_bin)},
        {RQA_STRUCT_PROVENANCE, sizeof(rqa_provenance)},
        {RQA_STRUCT_PNG_OPTIONS, sizeof(rqa_png_options)},
        {RQA_STRUCT_BATCH_OPTIONS, sizeof(rqa_batch_options)},
        {RQA_STRUCT_BATCH_ITEM, sizeof(rqa_batch_item)},
        {RQA_STRUCT_BATCH_ROW, sizeof(rqa_batch_row)},
        {RQA_STRUCT_BATCH_EVENT, sizeof(rqa_batch_event)},
        {RQA_STRUCT_BATCH_STATISTICS, sizeof(rqa_batch_statistics)},
        {RQA_STRUCT_MEMORY_HOOKS, sizeof(rqa_memory_hooks)},
        {RQA_STRUCT_PROFILE, sizeof(rqa_profile)},
        {RQA_STRUCT_STORE_OPTIONS, sizeof(rqa_store_options)},
        {RQA_STRUCT_STORE_SUMMARY, sizeof(rqa_store_summary)},
        {RQA_STRUCT_STORE_FILTER, sizeof(rqa_store_filter)},
        {RQA_STRUCT_STORE_ROW, sizeof(rqa_store_row)},
        {RQA_STRUCT_WINDOWS_OPTIONS, sizeof(rqa_windows_options)},
        {RQA_STRUCT_WINDOW, sizeof(rqa_window)},
        {RQA_STRUCT_STREAM_OPTIONS, sizeof(rqa_stream_options)},
        {RQA_STRUCT_SURROGATE_OPTIONS, sizeof(rqa_surrogate_options)},
        {RQA_STRUCT_TEST_OPTIONS, sizeof(rqa_test_options)},
        {RQA_STRUCT_TEST_RESULT, sizeof(rqa_test_result)},
        {RQA_STRUCT_BOOTSTRAP_OPTIONS, sizeof(rqa_bootstrap_options)},
        {RQA_STRUCT_LINE_COUNTS, sizeof(rqa_line_counts)},
        {RQA_STRUCT_INTERVAL, sizeof(rqa_interval)},
        {RQA_STRUCT_SAMPLED_OPTIONS, sizeof(rqa_sampled_options)},
        {RQA_STRUCT_ESTIMATE, sizeof(rqa_estimate)},
        {RQA_STRUCT_SUGGEST_OPTIONS, sizeof(rqa_suggest_options)},
        {RQA_STRUCT_STORE_QUERY, sizeof(rqa_store_query)},
        {RQA_STRUCT_STORE_BLOCK, sizeof(rqa_store_block)},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        ck_assert_uint_eq(rqa_struct_size(known[k].id), known[k].size);
    ck_assert_uint_eq(rqa_struct_size(0), 0);
    ck_assert_uint_eq(rqa_struct_size(-1), 0);
    ck_assert_uint_eq(rqa_struct_size(1000), 0);
}
END_TEST

/* The init functions set the size that the library knows. */
START_TEST(init_functions)
{
    rqa_context_options context;
    rqa_context_options_init(&context);
    ck_assert_uint_eq(context.struct_size, sizeof context);
    rqa_series_options series;
    rqa_series_options_init(&series);
    ck_assert_uint_eq(series.struct_size, sizeof series);
    rqa_analysis_options analysis;
    rqa_analysis_options_init(&analysis);
    ck_assert_uint_eq(analysis.struct_size, sizeof analysis);
    ck_assert_int_eq(analysis.norm, RQA_NORM_EUCLIDEAN);
    ck_assert_int_eq(analysis.theiler, -1);
    rqa_png_options png;
    rqa_png_options_init(&png);
    ck_assert_uint_eq(png.struct_size, sizeof png);
    rqa_batch_options batch;
    rqa_batch_options_init(&batch);
    ck_assert_uint_eq(batch.struct_size, sizeof batch);
    rqa_context_options_init(NULL);
    rqa_series_options_init(NULL);
    rqa_analysis_options_init(NULL);
    rqa_png_options_init(NULL);
    rqa_batch_options_init(NULL);
}
END_TEST

/* A caller whose struct is shorter than the library's, longer, or of the first release. */
START_TEST(init_of_other_sizes)
{
    _Alignas(rqa_png_options) unsigned char bytes[sizeof(rqa_png_options) + 16];
    rqa_png_options png;
    for (size_t size = 0; size <= sizeof bytes - 8; size++) {
        memset(bytes, 0x5a, sizeof bytes);
        rqa_png_options_init_sized((rqa_png_options *)(void *)bytes, size);
        ck_assert_uint_eq(bytes[size], 0x5a);
        memset(&png, 0, sizeof png);
        memcpy(&png, bytes, size < sizeof png ? size : sizeof png);
        if (size >= 8) {
            ck_assert_uint_eq(png.struct_size, size);
            ck_assert_uint_eq(png.max_pixels, 1200);
        }
        for (size_t k = sizeof png; k < size; k++)
            ck_assert_uint_eq(bytes[k], 0);
    }
    (rqa_png_options_init)(&png);
    ck_assert_uint_eq(png.struct_size, offsetof(rqa_png_options, y_label) + sizeof png.y_label);
    rqa_analysis_options analysis;
    (rqa_analysis_options_init)(&analysis);
    ck_assert_uint_eq(analysis.struct_size, 104);
    ck_assert_int_eq(analysis.theiler, -1);
    rqa_context_options_init_sized(NULL, sizeof(rqa_context_options));
}
END_TEST

START_TEST(versions)
{
    ck_assert_str_eq(rqa_version(), RQA_VERSION_STRING);
    ck_assert_uint_eq(rqa_abi_version(), RQA_ABI_VERSION);
    ck_assert_uint_eq(rqa_numerics_version(), RQA_NUMERICS_VERSION);
}
END_TEST

/* The status table is complete, without repetition, and every entry has a name and a text. */
START_TEST(status_table)
{
    static const rqa_status all[] = {
        RQA_OK,
        RQA_ERROR_NULL,
        RQA_ERROR_STRUCT_SIZE,
        RQA_ERROR_VALUE,
        RQA_ERROR_NOT_FINITE,
        RQA_ERROR_OVERFLOW,
        RQA_ERROR_TOO_SHORT,
        RQA_ERROR_MISMATCH,
        RQA_ERROR_CONSTANT,
        RQA_ERROR_UNKNOWN_NAME,
        RQA_ERROR_STATE,
        RQA_ERROR_UNSUPPORTED,
        RQA_ERROR_MEMORY,
        RQA_ERROR_MEMORY_LIMIT,
        RQA_ERROR_THREAD,
        RQA_ERROR_FORKED,
        RQA_ERROR_IO,
        RQA_ERROR_BACKEND_MISSING,
        RQA_ERROR_BACKEND_FAILED,
        RQA_ERROR_CANCELLED,
        RQA_ERROR_STORE,
        RQA_ERROR_STORE_FORMAT,
        RQA_ERROR_STORE_FULL,
        RQA_ERROR_STORE_CONFLICT,
        RQA_ERROR_INTERNAL,
    };
    size_t n = sizeof all / sizeof all[0];
    for (size_t k = 0; k < n; k++) {
        rqa_status status = 1;
        ck_ok(rqa_status_at(k, &status));
        ck_assert_int_eq(status, all[k]);
        ck_assert_str_ne(rqa_status_name(status), "RQA_ERROR_UNKNOWN");
        ck_assert_str_ne(rqa_status_text(status), "");
        for (size_t j = 0; j < k; j++)
            ck_assert_str_ne(rqa_status_name(all[j]), rqa_status_name(all[k]));
    }
    rqa_status status = 1;
    ck_fails(rqa_status_at(n, &status), RQA_ERROR_VALUE, "index");
    ck_assert_str_eq(rqa_status_name(RQA_ERROR_VALUE), "RQA_ERROR_VALUE");
    ck_assert_str_eq(rqa_status_name(12345), "RQA_ERROR_UNKNOWN");
    ck_assert_ptr_nonnull(rqa_status_text(12345));
}
END_TEST

typedef const char *(*name_of)(int32_t number);
typedef rqa_status (*number_of)(int32_t *out, const char *name);

/* Names run from 0 without a gap, and lead back to their numbers. */
static void round_trip(name_of name, name_of text, number_of number, int32_t n, const char *what)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t back = -1;
        ck_assert_msg(name(k) != NULL, "%s %d has no name", what, k);
        ck_ok(number(&back, name(k)));
        ck_assert_int_eq(back, k);
        if (text)
            ck_assert_msg(text(k) && *text(k), "%s %d has no text", what, k);
    }
    ck_assert_ptr_null(name(n));
    ck_assert_ptr_null(name(-1));
    if (text)
        ck_assert_ptr_null(text(n));
    int32_t back = -1;
    ck_fails(number(&back, "no_such_name"), RQA_ERROR_UNKNOWN_NAME, "no_such_name");
    ck_fails(number(&back, ""), RQA_ERROR_UNKNOWN_NAME, "");
    ck_fails(number(&back, NULL), RQA_ERROR_NULL, "name");
    ck_fails(number(NULL, name(0)), RQA_ERROR_NULL, "out");
}

START_TEST(names)
{
    round_trip(rqa_convention_name, rqa_convention_text, rqa_convention_from_name, 9, "convention");
    round_trip(rqa_measure_name, rqa_measure_text, rqa_measure_from_name, RQA_MEASURE_COUNT,
               "measure");
    round_trip(rqa_norm_name, NULL, rqa_norm_from_name, 3, "norm");
    round_trip(rqa_backend_name, NULL, rqa_backend_from_name, 5, "backend");
    ck_assert_str_eq(rqa_reason_text(RQA_REASON_DEFINED), "");
    for (int k = 1; k <= RQA_REASON_RATE_UNREACHABLE; k++)
        ck_assert_str_ne(rqa_reason_text(k), "");
    ck_assert_ptr_null(rqa_reason_text(RQA_REASON_RATE_UNREACHABLE + 1));
    ck_assert_ptr_null(rqa_reason_text(-1));
}
END_TEST

START_TEST(norm_synonyms)
{
    static const struct {
        const char *name;
        int32_t norm;
    } synonym[] = {{"max", RQA_NORM_MAXIMUM},
                   {"chebyshev", RQA_NORM_MAXIMUM},
                   {"l2", RQA_NORM_EUCLIDEAN},
                   {"l1", RQA_NORM_MANHATTAN},
                   {"taxicab", RQA_NORM_MANHATTAN}};
    for (size_t k = 0; k < sizeof synonym / sizeof synonym[0]; k++) {
        int32_t norm = -1;
        ck_ok(rqa_norm_from_name(&norm, synonym[k].name));
        ck_assert_int_eq(norm, synonym[k].norm);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tcase = tcase_create("abi");
    tcase_add_test(tcase, struct_sizes);
    tcase_add_test(tcase, init_functions);
    tcase_add_test(tcase, init_of_other_sizes);
    tcase_add_test(tcase, versions);
    tcase_add_test(tcase, status_table);
    tcase_add_test(tcase, names);
    tcase_add_test(tcase, norm_synonyms);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
