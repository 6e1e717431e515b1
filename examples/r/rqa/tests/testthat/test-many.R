# Sweeps, windows, lags, suggestions, tests, pictures.

test_that("a sweep is the single analyses", {
  x <- list(a = sin(0.2 * (1:120)), b = thirteen)
  s <- rqa_sweep(x, dim = 1:2, delay = c(1, 3), threshold = c(.2, .4), lmin = 2:3, progress = FALSE)
  expect_equal(nrow(s), 2 * 2 * 2 * 2 * 2)
  expect_equal(s$lmin, rep(2:3, 16))
  for (k in seq_len(nrow(s))) {
    r <- rqa(x[[as.character(s$recording[k])]], dim = s$dim[k], delay = s$delay[k],
             threshold = s$threshold[k], lmin = s$lmin[k])
    for (name in c("rr", "det", "l_entr", "tt", "w_max")) expect_identical(s[[name]][k], r[[name]])
  }
  expect_false("trend" %in% names(s))
  expect_true("trend" %in% names(rqa_sweep(x, threshold = .1, measures = "default", progress = FALSE)))
})

test_that("a recording that cannot be used does not stop the others", {
  s <- rqa_sweep(list(good = thirteen, gap = c(1, NA)), threshold = .5, measures = "rr", progress = FALSE)
  expect_equal(s$status, c("ok", "sample 2 of channel 1 is missing or infinite; clean the data or set missing to skip"))
  expect_true(is.nan(s$rr[2]))
  expect_error(rqa_sweep(list(a = 1:9, a = 1:9), threshold = .5), "two recordings are called a")
  expect_error(rqa_sweep(list(), threshold = .5), "empty list")
  expect_error(rqa_sweep(thirteen, threshold = double()), "threshold is numeric\\(0\\)")
  expect_error(rqa_sweep(thirteen, threshold = .1, dim = 1.5), "whole numbers")
  expect_error(rqa_sweep(thirteen, threshold = .1, dim = 0), "dim", class = "rqa_error_value")
  expect_error(rqa_sweep(list(1:9, 1:9), list(1:9), threshold = 1), "list of 2")
  expect_error(rqa_sweep(thirteen, dim = 1:1000, delay = 1:1000, threshold = 1:3000), "3000000000 rows")
})

test_that("pairs, rates and the status of a sweep", {
  y <- rev(thirteen)
  s <- rqa_sweep(thirteen, y, threshold = c(.1, .3), threshold_unit = "recurrence-rate", progress = FALSE)
  r <- rqa(thirteen, y, threshold = .3, threshold_unit = "recurrence-rate")
  expect_identical(s$rr[2], r$rr)
  expect_identical(s$threshold_reached[2], r$provenance$threshold)
  expect_identical(s$rr_reached[2], r$provenance$rr_reached)
  expect_equal(rqa_sweep(1:9, threshold = .5, progress = FALSE)$status, "no recurrence point")
})

test_that("progress comes to its end, and an error in it ends the sweep", {
  seen <- list()
  x <- lapply(1:6, function(k) sin(k * (1:3000)))
  rqa_sweep(x, dim = 1:4, threshold = (1:5) / 10, progress = function(at) seen[[length(seen) + 1]] <<- at)
  last <- seen[[length(seen)]]
  expect_equal(last$done, last$total)
  expect_equal(last$total, 120)
  expect_equal(last$percent, 100)
  expect_output(rqa_sweep(thirteen, threshold = .1, progress = TRUE), "100%")
  expect_error(rqa_sweep(thirteen, threshold = .1, progress = function(at) stop("enough")), "enough")
  expect_equal(rqa(thirteen, threshold = .65)$counts[["points"]], 98)
})

test_that("a window is the analysis of its samples", {
  x <- sin((1:200)^1.2)
  w <- rqa_windows(x, window = 60, step = 35, dim = 2, delay = 3, threshold = .3)
  expect_equal(w$start, c(1, 36, 71, 106, 141))
  expect_equal(w$end, w$start + 59)
  expect_equal(w$centre, w$start + 29.5)
  for (k in seq_len(nrow(w)))
    expect_identical(w$l_mean[k], rqa(x[w$start[k]:w$end[k]], dim = 2, delay = 3, threshold = .3)$l_mean)
  expect_error(rqa_windows(x, window = 500, threshold = .3), class = "rqa_error_value")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_silent(plot(w, c("rr", "det")))
  expect_silent(plot(w[c("centre", "det", "lam")]))
  expect_error(plot(w, "none"), "no such measures")
})

test_that("who follows whom", {
  x <- sin((1:300)^1.2)
  p <- rqa_profile(x, c(rep(0, 7), x)[1:300], max_lag = 20, threshold = .1)
  expect_equal(attr(p, "lag_of_max"), 7)
  expect_equal(p$lag, -20:20)
  recurs <- abs(outer(x, x, "-")) <= .1
  expect_equal(rqa_profile(x, max_lag = 3, threshold = .1)$rr[3], mean(recurs[row(recurs) == col(recurs) + 2]))
})

test_that("a suggestion and its curves", {
  x <- sin(0.1 * (1:600)) + 0.5 * sin(0.1 * sqrt(2) * (1:600))
  s <- rqa_suggest(x, max_lag = 60, max_dim = 4)
  d <- x - mean(x)
  expect_equal(s$lags$acf[8], sum(d[1:593] * d[8:600]) / sum(d^2), tolerance = 1e-12)
  expect_equal(nrow(s$fnn), 4)
  expect_equal(rqa(x, dim = s$dim, delay = s$delay, threshold = s$threshold[["rate05"]])$rr, .05,
               tolerance = 1e-3)
  expect_output(print(s), "first minimum|1/e")
  expect_error(rqa_suggest(x, window = 3), "window is no option here")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_silent(plot(s))
})

test_that("a test is the same again, whatever R's seed is", {
  x <- sin(0.2 * (1:150)) + 0.3 * sin((1:150)^1.5)
  a <- rqa_test(x, threshold = .2, count = 19, measures = c("det", "lam"))
  set.seed(99)
  expect_identical(rqa_test(x, threshold = .2, count = 19, measures = c("det", "lam")), a)
  expect_equal(a["det", "value"], rqa(x, threshold = .2)$det)
  expect_true(all(a$p >= 1 / 20 & a$p <= 1))
  expect_output(print(a), "19 surrogates")
  expect_error(rqa_test(x, threshold = .2, surrogates = "foo"), "allowed are shuffle, phase")
})

test_that("pictures", {
  file <- tempfile(fileext = ".png")
  expect_identical(rqa_plot(thirteen, threshold = .3, file = file), file)
  expect_identical(readBin(file, "raw", 4), as.raw(c(0x89, 0x50, 0x4e, 0x47)))
  expect_error(rqa_plot(thirteen, threshold = .3, file = file), class = "rqa_error_io")
  expect_silent(rqa_plot(thirteen, threshold = .3, file = file, overwrite = TRUE))
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  shares <- rqa_plot(thirteen, threshold = .3, max_pixels = 5)
  whole <- rqa_matrix(thirteen, threshold = .3)
  expect_equal(dim(shares), c(5, 5))
  expect_equal(shares[2, 1], mean(whole[4:6, 1:3]))
  expect_equal(shares[5, 5], mean(whole[13, 13]))
})
