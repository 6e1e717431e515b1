# windows.R - measures in windows along a recording, and recurrence by lag: data frames that know how
# to draw themselves.

rqa_windows <- function(x, window, step = 1, y = NULL, dim = 1, delay = 1, threshold, ...,
                        measures = NULL, sampling_rate = NULL) {
  call <- sys.call()
  data <- recordings_of(x, y, sampling_rate, call)
  given <- list(window = window, step = step, dim = dim, delay = delay,
                threshold = threshold_of(missing(threshold), threshold, data, call), ...,
                measures = measures)
  results <- compute("windows", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
                     options_of(given, call), call)
  places <- results$places
  table <- data.frame(start = places[, 1] + 1, end = places[, 2] + 1, centre = places[, 3] + 1)
  if (!is.null(data$rate)) table$time <- data$start + places[, 3] / data$rate
  table[c("pairs", "points", "threshold")] <- as.data.frame(places[, 4:6, drop = FALSE])
  table <- cbind(table, named_columns(results$values, results$measures))
  structure(table, class = c("rqa_windows", "data.frame"), provenance = results$provenance)
}

named_columns <- function(values, measures) {
  colnames(values) <- measure_names()[measures + 1L]
  as.data.frame(values)
}

plot.rqa_windows <- function(x, measures = NULL, ...) {
  measures <- intersect(if (is.null(measures)) measure_names() else measures, names(x))
  if (!length(measures)) stop("there are no such measures in these windows", call. = FALSE)
  along <- if (is.null(x$time)) x$centre else x$time
  before <- par(mfrow = c(length(measures), 1), mar = c(2.2, 4.2, 0.4, 0.6))
  on.exit(par(before))
  for (name in measures)
    plot(along, x[[name]], type = "l", xlab = "", ylab = name, ...)
  invisible(x)
}

rqa_profile <- function(x, y = NULL, max_lag = NULL, dim = 1, delay = 1, threshold, ...,
                        sampling_rate = NULL) {
  call <- sys.call()
  data <- recordings_of(x, y, sampling_rate, call)
  given <- list(max_lag = max_lag, dim = dim, delay = delay,
                threshold = threshold_of(missing(threshold), threshold, data, call), ...)
  results <- compute("profile", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
                     options_of(given, call), call)
  table <- data.frame(lag = results$first + seq_len(nrow(results$values)) - 1)
  if (!is.null(data$rate)) table$time <- table$lag / data$rate
  table[c("rr", "det", "l_mean")] <- as.data.frame(results$values)
  structure(table, class = c("rqa_profile", "data.frame"), lag_of_max = results$lag_of_max)
}

plot.rqa_profile <- function(x, measure = "rr", ...) {
  in_time <- !is.null(x$time)
  plot(if (in_time) x$time else x$lag, x[[measure]], type = "l",
       xlab = if (in_time) "lag (time)" else "lag (samples)", ylab = measure, ...)
  invisible(x)
}
