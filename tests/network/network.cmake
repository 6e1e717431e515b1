rqa_check_test(network ORACLES LEVELS SOURCES oracle_table.c)
