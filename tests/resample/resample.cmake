# Surrogates, tests and intervals, and the draws they rest on.
rqa_check_test(resample INTERNAL)
rqa_check_test(significance INTERNAL ORACLES)
