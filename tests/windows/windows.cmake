rqa_check_test(windows ORACLES LEVELS)
set_property(TEST windows APPEND PROPERTY LABELS threads)
