# What the program prints is what the package gives, to the last bit. RQA_TEST_PROGRAM names it.

program <- function(...) {
  path <- Sys.getenv("RQA_TEST_PROGRAM")
  if (!nzchar(path)) skip("RQA_TEST_PROGRAM does not name librqa's program")
  system2(path, c(...), stdout = TRUE)
}

# The numbers of one line each in the program's JSON, NaN for null.
json_numbers <- function(lines, names) {
  vapply(names, function(name) {
    found <- regmatches(lines, regexec(sprintf("^ *\"%s\": ([-+.0-9e]+|null),?$", name), lines))
    text <- unlist(lapply(found, function(f) f[2]))
    text <- text[!is.na(text)][1]
    if (text == "null") NaN else as.numeric(text)
  }, 0)
}

on_file <- function(columns) {
  file <- tempfile(fileext = ".csv")
  write.table(format(columns, digits = 17), file, sep = ",", quote = FALSE, row.names = FALSE,
              col.names = FALSE)
  file
}

set.seed(5)
two <- round(cbind(cumsum(stats::rnorm(400)), cumsum(stats::rnorm(400))), 3)

test_that("analyze", {
  r <- rqa(two, dim = 2, delay = 3, threshold = 1.5)
  lines <- program("analyze", on_file(two), "--columns", "all", "--dim", 2, "--delay", 3, "--threshold", 1.5,
                   "--format", "json")
  expect_identical(json_numbers(lines, r$measures), unlist(r[r$measures]))
  for (convention in .Call(rqa:::C_names, "convention")) {
    r <- rqa(two[, 1], dim = 3, delay = 2, threshold = .5, convention = convention, norm = "maximum")
    lines <- program("analyze", on_file(two[, 1]), "--dim", 3, "--delay", 2, "--threshold", .5,
                     "--convention", convention, "--norm", "maximum", "--format", "json")
    given <- r$measures[is.finite(unlist(r[r$measures]))]
    expect_identical(json_numbers(lines, given), unlist(r[given]), label = convention)
  }
})

test_that("adaptive neighbours", {
  r <- rqa(two, dim = 2, delay = 3, threshold = 4, threshold_unit = "adaptive-neighbours")
  lines <- program("analyze", on_file(two), "--columns", "all", "--dim", 2, "--delay", 3, "--threshold", 4,
                   "--threshold-unit", "adaptive-neighbours", "--format", "json")
  given <- r$measures[is.finite(unlist(r[r$measures]))]
  expect_identical(json_numbers(lines, given), unlist(r[given]))
  cells <- rqa_matrix(two, dim = 2, delay = 3, threshold = 4, threshold_unit = "adaptive-neighbours")
  expect_identical(cells, t(cells))
})

test_that("skeletons and directions", {
  taken <- list(list(list(skeleton = TRUE), "--skeleton"),
                list(list(direction = "isodirectional", direction_bound = .3, direction_lag = 2),
                     c("--isodirectional", "0.3,2")),
                list(list(direction = "perpendicular", direction_bound = .4), c("--perpendicular", "0.4")))
  plain <- rqa(two, dim = 2, delay = 3, threshold = 1.5)
  for (one in taken) {
    r <- do.call(rqa, c(list(two, dim = 2, delay = 3, threshold = 1.5), one[[1]]))
    lines <- program("analyze", on_file(two), "--columns", "all", "--dim", 2, "--delay", 3,
                     "--threshold", 1.5, one[[2]], "--format", "json")
    given <- r$measures[is.finite(unlist(r[r$measures]))]
    expect_identical(json_numbers(lines, given), unlist(r[given]), label = one[[2]][1])
    expect_lt(r$rr, plain$rr)
    cells <- do.call(rqa_matrix, c(list(two, dim = 2, delay = 3, threshold = 1.5), one[[1]]))
    expect_lt(mean(cells), mean(rqa_matrix(two, dim = 2, delay = 3, threshold = 1.5)))
  }
})

test_that("sweep", {
  s <- rqa_sweep(two, dim = 1:3, delay = 1:2, threshold = c(.5, 1), progress = FALSE)
  out <- tempfile(fileext = ".csv")
  program("sweep", on_file(two), "--columns", "all", "--dim", "1:3", "--delay", "1:2", "--threshold",
          "0.5,1", "--out", out, "--quiet")
  theirs <- read.csv(out)
  expect_equal(nrow(theirs), 12)
  for (name in c("dim", "delay", "threshold", "rr", "det", "l_entr", "lam", "w_entr"))
    expect_equal(theirs[[name]], s[[name]], tolerance = 0, label = name)
})

test_that("windows", {
  w <- rqa_windows(two[, 1], window = 90, step = 31, threshold = .7)
  theirs <- read.csv(text = program("windows", on_file(two[, 1]), "--window", 90, "--step", 31,
                                    "--threshold", .7, "--out", "-"))
  expect_equal(theirs$window_start + 1, w$start)
  for (name in c("rr", "det", "l_mean", "v_entr")) expect_equal(theirs[[name]], w[[name]], tolerance = 0)
})
