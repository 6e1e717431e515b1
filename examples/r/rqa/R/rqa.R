# rqa.R - one analysis, of a recording, of two, or of a matrix; its result and what can be done with it.

rqa <- function(x, y = NULL, dim = 1, delay = 1, threshold, ..., measures = NULL,
                sampling_rate = NULL) {
  call <- sys.call()
  data <- recordings_of(x, y, sampling_rate, call)
  threshold <- threshold_of(missing(threshold), threshold, data, call)
  given <- list(dim = dim, delay = delay, threshold = threshold,
                ..., measures = measures)
  results <- compute("analyze", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
                     options_of(given, call), call)
  result_of(results, given, data$rate, call, data)
}

rqa_of_matrix <- function(cells, ..., measures = NULL, sampling_rate = NULL) {
  call <- sys.call()
  check_rate(sampling_rate, call)
  if (!is.matrix(cells) || !(is.numeric(cells) || is.logical(cells)) || anyNA(cells))
    rqa_stop("RQA_ERROR_VALUE", "cells must be a matrix of numbers or truth values without NA", call)
  given <- list(..., measures = measures)
  turned <- t(cells != 0)
  results <- compute("cells", structure(as.raw(turned), dim = base::dim(turned)), NULL,
                     options_of(given, call), call)
  result_of(results, given, sampling_rate, call, NULL)
}

result_of <- function(results, given, rate, call, data) {
  names <- measure_names()
  asked <- results$measures + 1L
  values <- setNames(results$values, names)[asked]
  histograms <- lapply(results$histograms, function(bins)
    if (!is.null(bins)) data.frame(length = bins[, 1], count = bins[, 2]))
  out <- as.list(values)
  out$reasons <- setNames(reason_texts()[results$reasons[asked] + 1L], names[asked])
  out$counts <- results$counts
  out$histograms <- histograms
  out$provenance <- results$provenance
  out$intervals <- intervals_of(results$intervals)
  out$settings <- given[!vapply(given, is.null, NA)]
  out$sampling_rate <- rate
  out$in_time <- if (!is.null(rate)) values[in_samples(names(values))] / rate
  out$measures <- names(values)
  out$data <- data
  out$call <- call
  structure(out, class = "rqa")
}

intervals_of <- function(rows) {
  if (is.null(rows)) return(NULL)
  rows <- rows[, rows[1, ] >= 0, drop = FALSE]
  data.frame(lower = rows[2, ], upper = rows[3, ], mean = rows[4, ], std = rows[5, ], lines = rows[6, ],
             skipped = rows[7, ], row.names = measure_names()[rows[1, ] + 1L])
}

values_of <- function(x) unlist(unclass(x)[x$measures])

as.data.frame.rqa <- function(x, row.names = NULL, optional = FALSE, ...) {
  data.frame(as.list(values_of(x)), row.names = row.names, check.names = !optional)
}

headline <- function(x) {
  counts <- x$counts
  settings <- x$settings
  sides <- unique(counts[c("vectors_x", "vectors_y")])
  size <- paste(paste(format(sides, scientific = FALSE), collapse = " and "), "vectors")
  p <- x$provenance
  c(sprintf("Recurrence analysis: %s%s", size,
            if (is.null(settings$dim)) ", of a matrix"
            else sprintf(" (dim %s, delay %s)", format(settings$dim), format(settings$delay))),
    sprintf("convention %s, %sTheiler window %s, lmin %s, vmin %s", p$convention,
            if (is.null(settings$threshold)) "" else
              sprintf("threshold %s%s, ", format(settings$threshold),
                      if (is.null(settings$threshold_unit)) "" else paste0(" ", settings$threshold_unit)),
            format(p$theiler_points), format(p$lmin), format(p$vmin)))
}

print.rqa <- function(x, digits = getOption("digits"), ...) {
  cat(headline(x), sep = "\n")
  cat("\n")
  print(values_of(x), digits = digits, ...)
  invisible(x)
}

summary.rqa <- function(object, ...) {
  measures <- object$measures
  table <- data.frame(value = values_of(object), text = measure_texts()[measures],
                      undefined = unname(object$reasons), row.names = measures)
  if (!is.null(object$in_time)) table$in_time <- object$in_time[measures]
  structure(list(headline = headline(object), table = table, intervals = object$intervals,
                 provenance = object$provenance, counts = object$counts), class = "summary.rqa")
}

print.summary.rqa <- function(x, digits = getOption("digits"), ...) {
  cat(x$headline, sep = "\n")
  cat(sprintf("%.0f recurrence points in %.0f cells; %.0f vectors skipped\n", x$counts[["points"]],
              x$counts[["pairs"]], x$counts[["skipped_x"]]))
  table <- x$table
  value <- format(signif(table$value, digits), digits = digits, drop0trailing = TRUE)
  time <- if (is.null(table$in_time)) "" else
    ifelse(is.na(table$in_time), "", paste0("  = ", format(table$in_time, digits = 4), " in time"))
  reason <- ifelse(nzchar(table$undefined), paste0("  [", table$undefined, "]"), "")
  cat(paste0(format(rownames(table)), "  ", value, "  ", table$text, time, reason), sep = "\n")
  if (!is.null(x$intervals)) print(x$intervals, digits = digits)
  p <- x$provenance
  cat(sprintf("librqa %s, %s, %s, %s kernels\n", p$version, p$backend, p$strategy, p$kernels))
  invisible(x)
}

plot.rqa <- function(x, which = c("recurrence", "diagonal", "vertical", "white"), ...) {
  which <- match.arg(which)
  if (which != "recurrence") {
    bins <- x$histograms[[which]]
    if (is.null(bins) || !nrow(bins)) stop("there are no ", which, " lines", call. = FALSE)
    return(invisible(barplot(bins$count, names.arg = bins$length, xlab = "length (samples)",
                             ylab = paste(which, "lines"), ...)))
  }
  if (is.null(x$data)) stop("a result of a matrix has no recording to draw", call. = FALSE)
  draw_plot(x$data, plot_options(x$settings), x$call, ...)
}
