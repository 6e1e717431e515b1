rqa_check_test(task_plan INTERNAL SOURCES task_draws.c)
rqa_check_test(cost)
rqa_check_test(strategy_choice INTERNAL)
