# One analysis: published values, kinds of recordings, time, what is refused.

test_that("PyRQA's documented example", {
  r <- rqa(thirteen, dim = 2, delay = 2, threshold = .65, convention = "pyrqa", wmin = 2)
  wanted <- c(rr = .371901, det = .411765, l_mean = 2.333333, l_max = 3, l_entr = .636514, lam = .4,
              tt = 2.571429, v_max = 4, v_entr = .955700, w_mean = 2.538462, w_max = 6, w_entr = .839796)
  for (name in names(wanted)) expect_equal(r[[name]], wanted[[name]], tolerance = 2e-6, label = name)
})

test_that("a strict period, by its closed form", {
  r <- rqa(rep(1:7, length.out = 100), threshold = .5)
  expect_equal(r$l_mean, 47.5)
  expect_equal(r$l_entr, log(14))
  expect_equal(r$l_max, 93)
  expect_equal(r$counts[["pairs"]], 9900)
  expect_equal(r$histograms$diagonal, data.frame(length = 100 - 7 * (14:1), count = rep(2, 14)))
})

test_that("what is undefined is NaN with a reason", {
  r <- rqa(1:30, threshold = .5)
  expect_true(is.nan(r$det))
  expect_equal(r$reasons[["det"]], "no recurrence point")
  expect_equal(r$reasons[["rr"]], "")
})

test_that("recordings may be many things", {
  x <- c(1L, 3L, 2L, 1L, 3L, 2L, 2L)
  base <- rqa(x, threshold = 0)
  same <- function(other, ...) expect_equal(rqa(other, ...)[base$measures], base[base$measures])
  same(as.double(x), threshold = 0)
  same(matrix(x), threshold = 0)
  same(data.frame(x), threshold = 0)
  same(ts(x), threshold = 0)
  same(letters[x])
  same(factor(x))
  two <- cbind(x, rev(x))
  expect_equal(rqa(as.data.frame(two), threshold = 1)$rr, rqa(two, threshold = 1)$rr)
  expect_equal(rqa(ts(two, frequency = 4), threshold = 1)$sampling_rate, 4)
  expect_warning(rqa(t(two), threshold = 1), "are its rows channels")
  expect_error(rqa(list(1, 2), threshold = 1), "x is list; it must be numbers")
  expect_error(rqa(1i * x, threshold = 1), "x is complex")
  expect_error(rqa(double(), threshold = 1), "no samples")
  expect_error(rqa(x, letters[x], threshold = 0), "one is text")
})

test_that("text of two recordings is coded alike", {
  x <- c("b", "a", "c", "a")
  y <- c("a", "c", "z", "a")
  expect_equal(rqa(x, y)$counts[["points"]], sum(outer(x, y, "==")))
  expect_error(rqa(c("a", NA), threshold = 0), "sample 2 of channel 1")
})

test_that("NA is refused, or skipped", {
  x <- c(0, 1, NA, 1, 0, 1)
  expect_error(rqa(x, threshold = 0), "sample 3 of channel 1 is missing", class = "rqa_error_not_finite")
  expect_error(rqa(c(1L, NA, 2L), threshold = 0), class = "rqa_error_not_finite")
  r <- rqa(x, threshold = 0, missing = "skip")
  expect_equal(r$counts[["skipped_x"]], 1)
  expect_equal(r$counts[["points"]], 8)
})

test_that("a ts brings its time", {
  x <- ts(sin(0.3 * (1:200)), start = 5, frequency = 50)
  r <- rqa(x, threshold = .2)
  expect_equal(r$in_time[["l_max"]], r$l_max / 50)
  expect_false("l_entr" %in% names(r$in_time))
  expect_null(rqa(c(x), threshold = .2)$in_time)
  expect_equal(rqa(c(x), threshold = .2, sampling_rate = 50)$in_time, r$in_time)
  expect_error(rqa(x, threshold = .2, sampling_rate = 60), "sampling_rate is 60, but x is a ts of frequency 50")
  expect_error(rqa(x, ts(c(x), frequency = 10), threshold = .2), "frequency")
  expect_equal(rqa_windows(x, window = 101, step = 99, threshold = .2)$time, 5 + c(50, 149) / 50)
  expect_output(print(summary(r)), "in time")
})

test_that("what is refused is a condition with one line", {
  x <- thirteen
  e <- expect_error(rqa(x, threshold = -1), class = "rqa_error_value")
  expect_equal(conditionMessage(e), "threshold is -1; a threshold must be finite and not negative")
  expect_s3_class(e, "rqa_error")
  expect_equal(e$status, "RQA_ERROR_VALUE")
  expect_equal(conditionCall(e)[[1]], quote(rqa))
  expect_error(rqa(x, threshold = 1, lmn = 3), "lmn is no option here", class = "rqa_error_unknown_name")
  expect_error(rqa(x, threshold = 1, norm = "foo"), "norm is \"foo\"; allowed are maximum, euclidean, manhattan")
  expect_error(rqa(x, threshold = 1, dim = 2.5), "dim is 2.5; it must be a whole number")
  expect_error(rqa(x, threshold = 1, dim = NA), "dim is NA; it must be one number")
  expect_error(rqa(x, threshold = 1, theiler = 1:2), "theiler is 1:2; it must be one number")
  expect_error(rqa(x, threshold = 1, delay = -1), "delay is -1; it must not be negative")
  expect_error(rqa(x, dim = 20, threshold = 1), class = "rqa_error_too_short")
  expect_error(rqa(x, threshold = 1, measures = "dte"), "unknown measure 'dte'")
  expect_error(rqa(x, threshold = 1, lmin = 2, lmin = 3), "lmin is given twice|matched by multiple")
  expect_error(rqa(x), "threshold is missing")
  expect_error(rqa(x, NULL, 1, 1, .5, 3), "an argument has no name")
})

test_that("a matrix that is given, and one that is made", {
  cells <- rqa_matrix(thirteen, dim = 2, delay = 2, threshold = .65)
  a <- rqa(thirteen, dim = 2, delay = 2, threshold = .65)
  b <- rqa_of_matrix(cells)
  expect_equal(b[b$measures], a[a$measures])
  x <- c(1, 2, 3, 4, 9)
  y <- c(2, 3, 1)
  expect_equal(rqa_matrix(x, y, threshold = 0), outer(y, x, "=="))
  a <- rqa(x, y, threshold = 1)
  expect_equal(rqa_of_matrix(rqa_matrix(x, y, threshold = 1), relation = "cross")[c("tt", "l_mean")],
               a[c("tt", "l_mean")])
  expect_error(rqa_of_matrix(matrix(NA, 2, 2)), "without NA")
})

test_that("a result shows itself", {
  r <- rqa(thirteen, dim = 2, delay = 2, threshold = .65, measures = c("det", "trend"), bootstrap = 50)
  expect_equal(as.data.frame(r), data.frame(det = r$det, trend = NaN))
  expect_output(print(r), "11 vectors \\(dim 2, delay 2\\)")
  expect_output(print(summary(r)), "fewer than two offsets")
  expect_equal(rownames(r$intervals), c("det", "l_mean", "l_entr"))
  expect_true(all(r$intervals$lower <= r$intervals$upper))
  expect_lt(r$intervals["det", "lower"], r$det)
  expect_gt(r$intervals["det", "upper"], r$det)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_equal(dim(plot(r)), c(11, 11))
  expect_silent(plot(r, "diagonal"))
  expect_error(plot(r, "white"), "no white lines")
})
