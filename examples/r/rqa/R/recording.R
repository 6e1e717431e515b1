# recording.R - what users have as recordings: vectors, matrices, data frames, ts, text; as double
# matrices, samples x channels, with the rate of their samples.

# list(values, rate, start, is_categorical); rate NULL when it is not known.
recording <- function(x, name, call, rate = NULL, levels = NULL) {
  begin <- 0
  if (is.ts(x)) {
    if (!is.null(rate) && !isTRUE(all.equal(rate, frequency(x))))
      rqa_stop("RQA_ERROR_VALUE", sprintf("sampling_rate is %s, but %s is a ts of frequency %s",
                                          shown(rate), name, shown(frequency(x))), call)
    rate <- frequency(x)
    begin <- tsp(x)[1]
  }
  is_text <- function(column) is.character(column) || is.factor(column)
  is_categorical <- is_text(x) || (is.data.frame(x) && any(vapply(x, is_text, NA)))
  if (is_categorical) x <- coded(x, levels)
  else if (is.data.frame(x)) x <- as.matrix(x)
  if (!(is.numeric(x) || is.logical(x)) || length(dim(x)) > 2)
    rqa_stop("RQA_ERROR_VALUE",
             paste0(name, " is ", class(x)[1], "; it must be numbers: a vector, a matrix of samples x ",
                    "channels, a data frame or a ts"), call)
  values <- matrix(as.double(x), ncol = NCOL(x))
  if (nrow(values) < 1 || ncol(values) < 1)
    rqa_stop("RQA_ERROR_VALUE", sprintf("%s has no samples", name), call)
  if (ncol(values) > nrow(values))
    warning(simpleWarning(paste0(name, " has ", nrow(values), " samples of ", ncol(values),
                                 " channels: are its rows channels? Then t() turns it"), call))
  list(values = values, rate = rate, start = begin, is_categorical = is_categorical)
}

# Both recordings: text of one is coded as that of the other, rates must agree.
recordings_of <- function(x, y, rate, call) {
  check_rate(rate, call)
  levels <- unique(c(texts_of(x), texts_of(y)))
  x <- recording(x, "x", call, rate, levels)
  if (is.null(y)) return(list(x = x, y = NULL, rate = x$rate, start = x$start))
  y <- recording(y, "y", call, rate, levels)
  if (x$is_categorical != y$is_categorical)
    rqa_stop("RQA_ERROR_VALUE", "of x and y one is text and the other numbers", call)
  if (!is.null(x$rate) && !is.null(y$rate) && !isTRUE(all.equal(x$rate, y$rate)))
    rqa_stop("RQA_ERROR_VALUE", sprintf("x is a ts of frequency %s and y one of %s", shown(x$rate),
                                        shown(y$rate)), call)
  list(x = x, y = y, rate = if (is.null(x$rate)) y$rate else x$rate, start = x$start)
}

check_rate <- function(rate, call) {
  if (!is.null(rate) && !(is.numeric(rate) && length(rate) == 1 && is.finite(rate) && rate > 0))
    rqa_stop("RQA_ERROR_VALUE",
             sprintf("sampling_rate is %s; it must be a number above 0", shown(rate)), call)
}

texts_of <- function(x) {
  if (is.data.frame(x)) unlist(lapply(x, texts_of), use.names = FALSE)
  else if (is.character(x) || is.factor(x)) as.character(x)
}

# Text as whole numbers; NA stays missing.
coded <- function(x, levels) {
  levels <- levels[!is.na(levels)]
  code <- function(column) if (is.numeric(column)) column else match(as.character(column), levels)
  if (is.data.frame(x)) return(vapply(x, code, numeric(nrow(x))))
  out <- as.double(code(x))
  dim(out) <- dim(x)
  out
}

# The threshold of categories is 0 when none is given.
threshold_of <- function(is_missing, threshold, data, call) {
  if (!is_missing) return(threshold)
  if (data$x$is_categorical) return(0)
  rqa_stop("RQA_ERROR_VALUE", "threshold is missing: how near two vectors must be to recur", call)
}
