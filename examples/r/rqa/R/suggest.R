# suggest.R - a delay, a dimension and thresholds, with the rules and the curves they come from.

rqa_suggest <- function(x, ..., sampling_rate = NULL) {
  call <- sys.call()
  data <- recordings_of(x, NULL, sampling_rate, call)
  results <- compute("suggest", list(data$x$values), NULL, options_of(list(...), call), call)
  values <- results$values
  curves <- results$curves
  n <- length(curves$cao_e)
  padded <- function(of) if (n) c(of, NA)[seq_len(n)] else double()
  structure(list(
    delay = values[["delay"]], dim = values[["dim"]], threshold = values[6:8], picks = values[3:5],
    rules = setNames(results$rules, names(values)), warnings = results$warnings,
    lags = data.frame(lag = seq_along(curves$acf) - 1, acf = curves$acf, ami = curves$ami),
    fnn = data.frame(dim = seq_along(curves$fnn_n), n = curves$fnn_n, criterion1 = curves$fnn_criterion1,
                     criterion2 = curves$fnn_criterion2, either = curves$fnn_either,
                     fraction = curves$fnn_fraction),
    cao = data.frame(dim = seq_len(n), e = curves$cao_e, e_star = curves$cao_e_star,
                     e1 = padded(curves$cao_e1), e2 = padded(curves$cao_e2)),
    sampling_rate = data$rate), class = "rqa_suggestion")
}

print.rqa_suggestion <- function(x, ...) {
  number <- c(delay = x$delay, dim = x$dim, x$threshold)
  labels <- c("delay", "dim", "threshold: rr 0.05", "threshold: diameter/10", "threshold: 0.2 sd")
  cat(paste0(format(labels), "  ", format(number, digits = 6), "  ", x$rules[names(number)]), sep = "\n")
  if (!is.null(x$sampling_rate))
    cat(sprintf("the delay is %s in time\n", format(x$delay / x$sampling_rate)))
  if (length(x$warnings)) cat(paste("note:", x$warnings), sep = "\n")
  invisible(x)
}

plot.rqa_suggestion <- function(x, ...) {
  before <- par(mfrow = c(2, 2), mar = c(4, 4, 1, 1))
  on.exit(par(before))
  draw <- function(at, values, xlab, ylab, mark) {
    if (!any(is.finite(values)))
      return(plot(NULL, xlim = c(0, 1), ylim = c(0, 1), xlab = xlab, ylab = ylab))
    plot(at, values, type = "l", xlab = xlab, ylab = ylab, ...)
    abline(v = mark, lty = 2)
  }
  draw(x$lags$lag, x$lags$acf, "lag", "autocorrelation", x$delay)
  draw(x$lags$lag, x$lags$ami, "lag", "mutual information", x$delay)
  draw(x$fnn$dim, x$fnn$fraction, "dim", "false neighbours", x$dim)
  draw(x$cao$dim, x$cao$e1, "dim", "E1", x$dim)
  invisible(x)
}
