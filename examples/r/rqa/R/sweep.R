# sweep.R - many settings of many recordings, as one job and one data frame.

rqa_sweep <- function(x, y = NULL, dim = 1, delay = 1, threshold, lmin = NULL, vmin = NULL, ...,
                      measures = NULL, progress = interactive()) {
  call <- sys.call()
  if (missing(threshold))
    rqa_stop("RQA_ERROR_VALUE", "threshold is missing: one or more numbers", call)
  all <- sweep_recordings(x, y, call)
  axes <- list(dims = dim, delays = delay, thresholds = threshold, lmins = lmin, vmins = vmin)
  axes <- Map(function(axis, name) axis_of(axis, name, call), axes,
              c("dim", "delay", "threshold", "lmin", "vmin"))
  n_rows <- length(all$x) * prod(pmax(1, lengths(axes)))
  if (n_rows > .Machine$integer.max)
    rqa_stop("RQA_ERROR_OVERFLOW", sprintf("the sweep has %.0f rows; a data frame has at most %d", n_rows,
                                           .Machine$integer.max), call)
  told <- reporter(progress, call)
  on.exit(told$close())
  results <- compute("grid", all$x, all$y, options_of(list(..., measures = measures), call), call,
                     axes = axes, told = told$tell)
  sweep_table(results, names(all$x))
}

# Named double matrices of both sides.
sweep_recordings <- function(x, y, call) {
  is_one <- function(side) !is.list(side) || is.data.frame(side)
  if (is_one(x)) {
    x <- list(x)
    if (!is.null(y) && is_one(y)) y <- list(y)
  }
  if (!length(x)) rqa_stop("RQA_ERROR_VALUE", "x is an empty list; it must have recordings", call)
  if (!is.null(y) && (is_one(y) || length(y) != length(x)))
    rqa_stop("RQA_ERROR_MISMATCH", sprintf("y must be a list of %d recordings, as x is", length(x)), call)
  names <- names(x)
  if (is.null(names)) names <- rep("", length(x))
  names[!nzchar(names)] <- paste("recording", which(!nzchar(names)))
  if (anyDuplicated(names))
    rqa_stop("RQA_ERROR_VALUE", paste("two recordings are called", names[anyDuplicated(names)]), call)
  both <- lapply(seq_along(x), function(k) recordings_of(x[[k]], if (!is.null(y)) y[[k]], NULL, call))
  list(x = setNames(lapply(both, function(pair) pair$x$values), enc2utf8(names)),
       y = if (!is.null(y)) lapply(both, function(pair) pair$y$values))
}

axis_of <- function(axis, name, call) {
  if (is.null(axis)) return(double())
  if (!is.numeric(axis) || !length(axis) || anyNA(axis))
    rqa_stop("RQA_ERROR_VALUE",
             sprintf("%s is %s; it must be one or more numbers", name, shown(axis)), call)
  if (name != "threshold" && any(axis != floor(axis)))
    rqa_stop("RQA_ERROR_VALUE", sprintf("%s is %s; it must be whole numbers", name, shown(axis)), call)
  as.double(axis)
}

# list(tell, close): a bar, a function of the user's, or nothing.
reporter <- function(progress, call) {
  if (is.function(progress)) return(list(tell = progress, close = function() NULL))
  if (!isTRUE(progress)) return(list(tell = NULL, close = function() NULL))
  bar <- NULL
  list(tell = function(at) {
    if (is.null(bar)) bar <<- txtProgressBar(0, 100, style = 3)
    if (!is.na(at$percent)) setTxtProgressBar(bar, at$percent)
  }, close = function() if (!is.null(bar)) close(bar))
}

sweep_table <- function(results, names) {
  settings <- results$settings
  item <- settings[, 1] + 1
  table <- data.frame(recording = factor(names[item], levels = names))
  table[c("dim", "delay", "threshold", "lmin", "vmin")] <- as.data.frame(settings[, 2:6, drop = FALSE])
  for (name in c("dim", "delay", "lmin", "vmin")) table[[name]] <- as.integer(table[[name]])
  if (!is.null(results$reached)) {
    reached <- matrix(results$reached, ncol = 2, byrow = TRUE)
    table$threshold_reached <- reached[, 1]
    table$rr_reached <- reached[, 2]
  }
  table <- cbind(table, named_columns(results$values, results$measures))
  table$status <- sweep_status(results, item)
  table
}

# "ok", the reason of the first value that is undefined, or why the recording failed.
sweep_status <- function(results, item) {
  undefined <- results$reasons != 0
  first <- max.col(undefined, ties.method = "first")
  texts <- reason_texts()[results$reasons[cbind(seq_along(item), first)] + 1L]
  texts[!nzchar(texts)] <- "ok"
  failed <- results$items[item]
  ifelse(nzchar(failed), failed, texts)
}
