library(testthat)
library(rqa)

test_check("rqa")
