# plot.R - the recurrence matrix, and its plot on R's device or as a PNG file.

# Of an analysis' options those that a plot takes.
plot_options <- function(settings) {
  settings[names(settings) %in% c("dim", "delay", "dim_y", "delay_y", "threshold", "threshold_y",
                                  "threshold_lower", "theiler", "theiler_points", "norm", "convention",
                                  "backend", "threshold_unit", "relation", "compare", "ties",
                                  "skeleton", "direction", "direction_bound", "direction_lag",
                                  "normalize", "missing", "threads")]
}

matrix_of <- function(data, options, call, max_pixels) {
  compute("matrix", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
          options_of(options, call), call, take = function(job) .Call(C_shares, job, max_pixels))
}

rqa_matrix <- function(x, y = NULL, dim = 1, delay = 1, threshold, ...) {
  call <- sys.call()
  data <- recordings_of(x, y, NULL, call)
  threshold <- threshold_of(missing(threshold), threshold, data, call)
  found <- matrix_of(data, list(dim = dim, delay = delay, threshold = threshold, ...), call, 0)
  found$shares > 0
}

rqa_plot <- function(x, y = NULL, dim = 1, delay = 1, threshold, ..., file = NULL, max_pixels = NULL,
                     overwrite = FALSE, sampling_rate = NULL, main = NULL, xlab = NULL, ylab = NULL) {
  call <- sys.call()
  data <- recordings_of(x, y, sampling_rate, call)
  threshold <- threshold_of(missing(threshold), threshold, data, call)
  options <- list(dim = dim, delay = delay, threshold = threshold, ...)
  if (is.null(file))
    return(draw_plot(data, options, call, max_pixels = max_pixels, main = main, xlab = xlab, ylab = ylab))
  options <- c(options, list(path = path.expand(file), max_pixels = max_pixels, overwrite = overwrite,
                             x_label = axis_name(xlab, data, "x"), y_label = axis_name(ylab, data, "y"),
                             sample_period = if (!is.null(data$rate)) 1 / data$rate))
  compute("picture", list(data$x$values), if (!is.null(data$y)) list(data$y$values),
          options_of(options, call), call)
  invisible(file)
}

# What an axis counts, where no name is given.
axis_name <- function(given, data, side) {
  unit <- if (is.null(data$rate)) "sample" else "time"
  if (!is.null(given)) given else if (is.null(data$y)) unit else paste(unit, "of", side)
}

# Black where all cells of a pixel recur; square root, so that thin lines stay visible, as in the PNG.
draw_plot <- function(data, options, call, max_pixels = NULL, main = NULL, xlab = NULL, ylab = NULL) {
  found <- matrix_of(data, options, call, if (is.null(max_pixels)) 1000 else max_pixels)
  most <- max(found$shares)
  grey <- 1 - sqrt(found$shares / if (most > 0) most else 1)
  period <- if (is.null(data$rate)) 1 else 1 / data$rate
  begin <- if (is.null(data$rate)) 1 else data$start
  across <- begin + c(-0.5, found$columns - 0.5) * period
  up <- begin + c(-0.5, found$rows - 0.5) * period
  before <- par(pty = if (is.null(data$y)) "s" else par("pty"))
  on.exit(par(before))
  plot(NULL, xlim = across, ylim = up, xaxs = "i", yaxs = "i", main = main, xlab = axis_name(xlab, data, "x"),
       ylab = axis_name(ylab, data, "y"))
  end <- c(begin - 0.5 * period, begin - 0.5 * period) +
    c(ncol(grey), nrow(grey)) * found$side * period
  rasterImage(as.raster(grey[rev(seq_len(nrow(grey))), , drop = FALSE]), across[1], up[1], end[1], end[2],
              interpolate = FALSE)
  box()
  invisible(found$shares)
}
