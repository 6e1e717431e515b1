rqa_check_test(border ORACLES)
