# Ctrl-C, and children. The signal comes from another process while librqa is at work.

interrupted_after <- function(seconds, code) {
  system(sprintf("(sleep %s; kill -INT %d) &", seconds, Sys.getpid()))
  begin <- proc.time()[["elapsed"]]
  how <- tryCatch({ force(code); "ended" }, interrupt = function(e) "interrupted")
  list(how = how, elapsed = proc.time()[["elapsed"]] - begin)
}

test_that("an analysis and a sweep can be interrupted", {
  skip_on_cran()
  set.seed(4)
  x <- stats::rnorm(300000)
  r <- interrupted_after(.5, rqa(x, dim = 3, threshold = .1, threads = 1))
  expect_equal(r$how, "interrupted")
  expect_lt(r$elapsed, 20)
  r <- interrupted_after(.5, rqa_sweep(lapply(1:50, function(k) x[1:20000] + k), dim = 1:9,
                                       threshold = (1:9) / 10, progress = FALSE, threads = 1))
  expect_equal(r$how, "interrupted")
  expect_lt(r$elapsed, 20)
  expect_equal(rqa(thirteen, threshold = .65)$counts[["points"]], 98)
})

test_that("a forked child computes", {
  skip_on_os("windows")
  wanted <- rqa(thirteen, threshold = .65)$det
  expect_equal(unlist(parallel::mclapply(1:3, function(k) rqa(thirteen, threshold = .65)$det, mc.cores = 2)),
               rep(wanted, 3))
})
