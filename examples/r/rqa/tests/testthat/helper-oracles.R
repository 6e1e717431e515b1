# Values of other packages and of closed forms, from the tree's tests/data/oracles; a package that is
# made by make_package.sh has a copy.

oracle_folder <- function() {
  given <- Sys.getenv("RQA_TEST_ORACLES")
  if (nzchar(given)) given else test_path("oracles")
}

# Rows of a table: series, parameters, quantity, value, tolerance.
oracle_rows <- function(table) {
  file <- file.path(oracle_folder(), table)
  if (!file.exists(file)) skip(paste("no", file, "(make the package with make_package.sh)"))
  read.delim(file, comment.char = "", check.names = FALSE,
             col.names = c("series", "parameters", "quantity", "value", "tolerance"))
}

# "symbols[:180]": the first 180 samples of series/symbols.txt.
oracle_series <- function(name) {
  n <- suppressWarnings(as.integer(sub("^.*\\[:(\\d+)\\]$", "\\1", name)))
  x <- scan(file.path(oracle_folder(), "series", paste0(sub("\\[.*$", "", name), ".txt")), quiet = TRUE)
  if (is.na(n)) x else x[seq_len(n)]
}

# "dim=3 threshold=1.5" as a list of numbers.
oracle_number <- function(parameters, name) {
  found <- regmatches(parameters, regexec(paste0("(^| )", name, "=([0-9.e+-]+)"), parameters))[[1]]
  as.numeric(found[3])
}

expect_oracle <- function(value, row) {
  wanted <- as.numeric(row$value)
  allowed <- if (row$tolerance == "exact") 0 else
    as.numeric(sub("^rel:", "", row$tolerance)) * abs(wanted)
  expect_lte(abs(value - wanted), allowed,
             label = sprintf("%s of %s (%.17g, not %.17g): the error", row$quantity, row$series, value, wanted))
}

walk <- c(0, 1, 1, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 1, 0, 2)
ramp <- 0:7
alternating <- c(0, 1, 0, 1, 0, 1)
thirteen <- c(.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3)
