rqa_check_test(suggest ORACLES LEVELS)
rqa_check_test(near_sweep INTERNAL OWN_LEVELS)
