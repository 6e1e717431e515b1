# crqa.R - the call of the R package crqa: its arguments, its names, its definitions, computed by librqa.

crqa <- function(ts1, ts2, delay = 1, embed = 1, rescale = 0, radius = 0.001, normalize = 0,
                 mindiagline = 2, minvertline = 2, tw = 0, whiteline = FALSE, recpt = FALSE,
                 side = c("both", "upper", "lower"), method = c("rqa", "crqa", "mdcrqa"),
                 metric = c("euclidean", "maximum", "manhattan"),
                 datatype = c("continuous", "categorical"), rr_denom = c("valid", "full")) {
  call <- sys.call()
  side <- match.arg(side)
  method <- match.arg(method)
  metric <- match.arg(metric)
  datatype <- match.arg(datatype)
  rr_denom <- match.arg(rr_denom)
  counted <- list(convention = "crqa", relation = "cross", theiler = tw, lmin = max(2, mindiagline),
                  vmin = max(2, minvertline), measures = crqa_measures(whiteline))
  if (recpt) return(crqa_of_cells(t(as.matrix(ts1) != 0), counted, side, rr_denom, whiteline, call))
  data <- crqa_recordings(ts1, ts2, method, call)
  plotted <- c(list(dim = embed, delay = delay, norm = metric),
               crqa_threshold(radius, rescale, nrow(data$x$values) - (embed - 1) * delay, call),
               normalize = crqa_scaling(normalize, call))
  if (side != "both") {
    found <- matrix_of(data, c(plotted, list(convention = "crqa", relation = "cross")), call, 0)
    cells <- found$shares > 0
    return(crqa_of_cells(cells, counted, side, rr_denom, whiteline, call))
  }
  results <- crqa_analyze(data, c(plotted, counted), call)
  blocks <- if (datatype == "categorical" && normalize == 0 && radius <= 0.1)
    crqa_blocks(data, plotted, results$provenance$threshold, call) else NA_real_
  crqa_list(results, rr_denom, whiteline, blocks)
}

crqa_measures <- function(whiteline) {
  c("rr", "det", "l_mean", "l_max", "l_entr", "l_entr_rel", "lam", "tt", "v_max",
    if (whiteline) c("w_mean", "w_max", "w_entr"))
}

crqa_recordings <- function(ts1, ts2, method, call) {
  if (method != "mdcrqa" && (NCOL(ts1) > 1 || NCOL(ts2) > 1))
    rqa_stop("RQA_ERROR_VALUE",
             sprintf("method is \"%s\", which takes one column; several are for \"mdcrqa\"", method), call)
  data <- recordings_of(ts1, ts2, NULL, call)
  if (nrow(data$x$values) != nrow(data$y$values))
    rqa_stop("RQA_ERROR_MISMATCH",
             sprintf("ts1 has %d samples and ts2 %d; they must have as many (rqa() takes both as they are)",
                     nrow(data$x$values), nrow(data$y$values)), call)
  data
}

# The mean over all cells, or over all but n of them; of the whole matrix, as there.
crqa_threshold <- function(radius, rescale, n, call) {
  switch(as.character(rescale),
    "0" = list(threshold = radius),
    "1" = list(threshold = radius, threshold_unit = "mean-diameter"),
    "2" = list(threshold = radius, threshold_unit = "max-diameter"),
    "4" = list(threshold = radius * n / (n - 1), threshold_unit = "mean-diameter"),
    rqa_stop("RQA_ERROR_UNSUPPORTED",
             paste0("rescale is ", shown(rescale), "; 0, 1, 2 and 4 can be had. 3, the smallest ",
                    "distance, is 0 where anything recurs exactly"), call))
}

crqa_scaling <- function(normalize, call) {
  switch(as.character(normalize), "0" = "none", "1" = "unit", "2" = "zscore",
    rqa_stop("RQA_ERROR_VALUE", sprintf("normalize is %s; allowed are 0, 1 (unit interval), 2 (z-score)",
                                        shown(normalize)), call))
}

crqa_analyze <- function(data, given, call) {
  results <- compute("analyze", list(data$x$values), list(data$y$values), options_of(given, call), call)
  result_of(results, given, NULL, call, NULL)
}

# catH, if what recurs within the radius are equal values.
crqa_blocks <- function(data, plotted, threshold, call) {
  values <- sort(unique(c(data$x$values, data$y$values)))
  if (length(values) > 1 && min(diff(values)) <= threshold) {
    warning(simpleWarning("catH is NA: categories must be further apart than the radius", call))
    return(NA_real_)
  }
  given <- c(plotted[c("dim", "delay", "norm")],
             list(threshold = 0, convention = "crqa", relation = "cross", measures = "cat_entropy"))
  crqa_analyze(data, given, call)$cat_entropy
}

# cells[row, column]: row the index into ts2, column that into ts1.
crqa_of_cells <- function(cells, counted, side, rr_denom, whiteline, call) {
  if (side == "upper") cells[row(cells) >= col(cells)] <- FALSE
  if (side == "lower") cells[row(cells) <= col(cells)] <- FALSE
  turned <- t(cells)
  results <- compute("cells", structure(as.raw(turned), dim = dim(turned)), NULL,
                     options_of(counted, call), call)
  results <- result_of(results, counted, NULL, call, NULL)
  if (side != "both") {
    away <- abs(row(cells) - col(cells)) >= max(1, counted$theiler)
    there <- if (side == "upper") row(cells) < col(cells) else row(cells) > col(cells)
    results$counts[["pairs"]] <- sum(away & there)
    results$rr <- 100 * results$counts[["points"]] / results$counts[["pairs"]]
  }
  crqa_list(results, rr_denom, whiteline, NA_real_)
}

crqa_list <- function(results, rr_denom, whiteline, blocks) {
  counts <- results$counts
  lines <- results$histograms$diagonal
  white <- function(value) if (whiteline) value else NA_real_
  rr <- if (rr_denom == "valid") results$rr else
    100 * counts[["points"]] / (counts[["vectors_x"]] * counts[["vectors_y"]])
  list(RR = rr, DET = results$det, NRLINE = sum(lines$count[lines$length >= results$provenance$lmin]),
       maxL = results$l_max, L = results$l_mean, ENTR = results$l_entr, rENTR = results$l_entr_rel,
       LAM = results$lam, TT = results$tt, catH = blocks, max_vertlength = results$v_max,
       wmean = white(results$w_mean), wmax = white(results$w_max), wENTR = white(results$w_entr))
}
