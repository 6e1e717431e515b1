# test.R - a recording among its surrogates.

rqa_test <- function(x, y = NULL, dim = 1, delay = 1, threshold, surrogates = "iaaft", count = 199,
                     seed = 1, ..., measures = NULL) {
  call <- sys.call()
  data <- recordings_of(x, y, NULL, call)
  threshold <- threshold_of(missing(threshold), threshold, data, call)
  given <- list(dim = dim, delay = delay, threshold = threshold,
                surrogates = surrogates, count = count, seed = seed, ..., measures = measures)
  rows <- compute("test", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
                  options_of(given, call), call)
  columns <- c("value", "p", "p_less", "p_two_sided", "mean", "std", "q025", "median", "q975",
               "surrogates")
  table <- as.data.frame(rows[, -1, drop = FALSE])
  names(table) <- columns
  rownames(table) <- measure_names()[rows[, 1] + 1L]
  structure(table, class = c("rqa_test", "data.frame"), method = surrogates, count = count, seed = seed)
}

print.rqa_test <- function(x, digits = 4, ...) {
  cat(sprintf("%s surrogates (%s, seed %s); p: as large by chance\n", format(attr(x, "count")),
              attr(x, "method"), format(attr(x, "seed"))))
  print(as.data.frame(unclass(x), row.names = rownames(x)), digits = digits, ...)
  invisible(x)
}
