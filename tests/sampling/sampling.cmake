rqa_check_test(sampling INTERNAL ORACLES SOURCES oracle_table.c)
