# What the measures are: published numbers, closed forms, other packages, identities.
# The tables of rqa verify, which need no program.
set(rqa_verify_folder ${PROJECT_SOURCE_DIR}/examples/rqa)
rqa_check_test(oracles LEVELS SOURCES ${rqa_verify_folder}/verify_closed.c
               ${rqa_verify_folder}/verify_published.c ${rqa_verify_folder}/verify_series.c)
target_include_directories(test_oracles PRIVATE ${rqa_verify_folder})
rqa_check_test(dialects)
rqa_check_test(closed_forms LEVELS)
rqa_check_test(cells ORACLES LEVELS SOURCES oracle_table.c)
rqa_check_test(invariants ORACLES LEVELS SOURCES oracle_table.c)
rqa_check_test(algebra)
