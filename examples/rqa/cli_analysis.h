/* cli_analysis.h - the options that all commands share, as librqa's structs. */
#ifndef CLI_ANALYSIS_H
#define CLI_ANALYSIS_H

#include <rqa/rqa.h>

#include "cli_options.h"
#include "reader_table.h"

/* Each returns an exit code, CLI_OK or with a line printed. */
int cli_analysis_context(rqa_context **out, const cli_arguments *arguments);

/* All but thresholds, dims and delays; lmin and vmin only when `single`. */
int cli_analysis_options(rqa_analysis_options *out, const cli_arguments *arguments, int single);
int cli_analysis_series(rqa_series_options *out, const cli_arguments *arguments);
int cli_analysis_request(reader_request *out, const cli_arguments *arguments);

/* Samples in a second, 0 where that is not given. */
int cli_analysis_rate(double *out, const cli_arguments *arguments);

/* A mask from "rr,det" or "all". */
int cli_analysis_measures(uint64_t *out, const char *text);
int cli_analysis_norm(int32_t *out, cli_option option, const char *text);

/* --format: 1 for json, 0 for text. */
int cli_analysis_format(int *is_json, const cli_arguments *arguments);

/* As --threshold-unit takes it. */
const char *cli_threshold_unit_name(int32_t unit);

/* --window, --step and --scope; without --window out->window stays 0. */
int cli_analysis_windows(rqa_windows_options *out, const cli_arguments *arguments);

/* Whether a threshold can be, with --categorical. */
int cli_analysis_categorical(double threshold, int32_t compare, const cli_arguments *arguments);

/* "<=" or "<" */
const char *cli_compare_text(int32_t compare);

#endif
