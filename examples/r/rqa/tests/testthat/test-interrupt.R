# Ctrl-C, and children. The signal comes from another process while librqa is at work.

# The signal is sent once the code has begun, which by itself would take an hour.
interrupted <- function(code) {
  begun <- tempfile()
  on.exit(unlink(begun))
  pid <- Sys.getpid()
  when <- sprintf("[ ! -e '%s' ] || { sleep .5; kill -INT %d; exit; }", begun, pid)
  system(sprintf("(while kill -0 %d 2>/dev/null; do %s; sleep .1; done) &", pid, when))
  begin <- proc.time()[["elapsed"]]
  how <- tryCatch({ file.create(begun); force(code); "ended" },
                  interrupt = function(e) "interrupted")
  list(how = how, elapsed = proc.time()[["elapsed"]] - begin)
}

test_that("an analysis and a sweep can be interrupted", {
  skip_on_cran()
  set.seed(4)
  x <- stats::rnorm(1e7)
  r <- interrupted(rqa(x, dim = 3, threshold = .1, threads = 1))
  expect_equal(r$how, "interrupted")
  expect_lt(r$elapsed, 300)
  r <- interrupted(rqa_sweep(lapply(1:50, function(k) x[1:200000] + k), dim = 1:9,
                             threshold = (1:9) / 10, progress = FALSE, threads = 1))
  expect_equal(r$how, "interrupted")
  expect_lt(r$elapsed, 300)
  expect_equal(rqa(thirteen, threshold = .65)$counts[["points"]], 98)
})

test_that("a forked child computes", {
  skip_on_os("windows")
  wanted <- rqa(thirteen, threshold = .65)$det
  expect_equal(unlist(parallel::mclapply(1:3, function(k) rqa(thirteen, threshold = .65)$det, mc.cores = 2)),
               rep(wanted, 3))
})
