# The dialect of crqa 2.1: values from its source (crqa.R, crqa_fused.cpp), as tests/measures/test_dialects.c
# has them, and published tables of categorical recurrence.

near <- function(found, ...) {
  wanted <- c(...)
  for (name in names(wanted))
    if (is.na(wanted[[name]])) expect_true(is.na(found[[name]]), label = name)
    else expect_equal(found[[name]], wanted[[name]], tolerance = 1e-12, label = name)
}

test_that("a walk, with the main diagonal and without", {
  near(crqa(walk, walk, radius = .5, whiteline = TRUE),
       RR = 28.125, DET = 50, NRLINE = 11, L = 36 / 11, maxL = 16, LAM = 50, TT = 2, max_vertlength = 2,
       wmean = 61 / 19, wmax = 7, wENTR = 1.4845976005452928)
  near(crqa(walk, walk, radius = .5, mindiagline = 3, minvertline = 3),
       DET = 200 / 9, L = 16, NRLINE = 1, LAM = 0, TT = NA, max_vertlength = NA)
  near(crqa(walk, walk, radius = .5, mindiagline = 3, minvertline = 3, tw = 1),
       RR = 70 / 3, DET = NA, L = 0, maxL = 0, NRLINE = 0, ENTR = NA, LAM = 0, TT = NA)
  near(crqa(ramp, ramp, radius = .5, tw = 1),
       RR = 0, DET = NA, L = 0, maxL = 0, LAM = NA, TT = NA, max_vertlength = NA)
  near(crqa(alternating, alternating, radius = .5, tw = 1, whiteline = TRUE),
       wmean = 5 / 3, wmax = 3, wENTR = 0.63651416829481278)
  expect_equal(crqa(walk, walk, radius = .5, tw = 1, rr_denom = "full")$RR, 100 * 56 / 256)
})

test_that("categorical tables", {
  rows <- oracle_rows("09_categorical.tsv")
  names <- c(catH = "catH", rr = "RR", det = "DET", l_mean = "L", l_entr = "ENTR", r_entr = "rENTR",
             lam = "LAM", tt = "TT")
  n <- 0
  for (subject in unique(rows$series)) {
    sides <- strsplit(subject, " x ", fixed = TRUE)[[1]]
    x <- oracle_series(sides[1])
    y <- if (length(sides) == 2) oracle_series(sides[2]) else x
    of <- rows[rows$series == subject & rows$quantity %in% names(names), ]
    m <- min(length(x), length(y))
    if (length(x) != length(y)) { # crqa wants equal lengths; rqa() does not
      got <- rqa(x, y, threshold = 0, convention = "crqa",
                 measures = c("rr", "det", "l_mean", "l_entr", "l_entr_rel", "lam", "tt", "cat_entropy"))
      got <- c(catH = got$cat_entropy, RR = got$rr, DET = got$det, L = got$l_mean, ENTR = got$l_entr,
               rENTR = got$l_entr_rel, LAM = got$lam, TT = got$tt)
    } else
      got <- crqa(paste("state", x), paste("state", y), radius = .001, datatype = "categorical",
                  tw = oracle_number(of$parameters[1], "theiler"), method = "crqa")
    for (k in seq_len(nrow(of))) {
      value <- got[[names[[of$quantity[k]]]]]
      expect_oracle(if (of$quantity[k] %in% c("rr", "det", "lam")) value / 100 else value, of[k, ])
      n <- n + 1
    }
  }
  expect_equal(n, 32)
})

test_that("the trend of wincrqa", {
  rows <- oracle_rows("11_other.tsv")
  rows <- rows[grepl("peer=crqa", rows$parameters), ]
  expect_equal(nrow(rows), 4)
  for (k in seq_len(nrow(rows))) {
    p <- rows$parameters[k]
    x <- oracle_series(rows$series[k])
    dim <- oracle_number(p, "dim")
    delay <- oracle_number(p, "delay")
    n <- length(x) - (dim - 1) * delay
    got <- rqa(x, dim = dim, delay = delay, threshold = oracle_number(p, "threshold"),
               norm = sub("^.*norm=(\\w+).*$", "\\1", p), trend_border = floor(.1 * n + .5),
               measures = "trend")
    expect_oracle(100 * got$trend, rows[k, ])
  }
})

# crqa's own steps, slow and plain: distances, the matrix, runs.
plain <- function(x, y, radius, tw, side, lmin, vmin) {
  recurs <- t(outer(x, y, function(a, b) abs(a - b)) <= radius)
  recurs[abs(row(recurs) - col(recurs)) < tw] <- FALSE
  if (side == "upper") recurs[row(recurs) >= col(recurs)] <- FALSE
  if (side == "lower") recurs[row(recurs) <= col(recurs)] <- FALSE
  runs <- function(lines) unlist(lapply(lines, function(line) {
    r <- rle(as.vector(line)); r$lengths[r$values]
  }))
  l <- runs(split(recurs, col(recurs) - row(recurs)))
  v <- runs(split(recurs, col(recurs)))
  d <- abs(row(recurs) - col(recurs))
  there <- d >= tw & switch(side, both = TRUE, upper = row(recurs) < col(recurs),
                            lower = row(recurs) > col(recurs))
  l <- l[l >= lmin]
  long <- v[v >= vmin]
  list(RR = 100 * sum(recurs) / sum(there), DET = 100 * sum(l) / sum(recurs), NRLINE = length(l),
       maxL = max(l), L = mean(l), LAM = 100 * sum(long) / sum(recurs), TT = mean(long))
}

test_that("sides, cross and a given plot are as crqa's steps have them", {
  set.seed(1)
  x <- round(stats::rnorm(60), 1)
  y <- round(stats::rnorm(60), 1)
  for (side in c("both", "upper", "lower")) for (tw in c(0, 1, 3)) {
    wanted <- plain(x, y, .35, tw, side, 2, 2)
    got <- crqa(x, y, radius = .35, tw = tw, side = side, method = "crqa")
    expect_equal(got[names(wanted)], wanted, tolerance = 1e-12, label = paste(side, tw))
    plot <- outer(x, y, function(a, b) abs(a - b) <= .35)
    expect_equal(crqa(plot, radius = 0, tw = tw, side = side, recpt = TRUE)[names(wanted)], wanted,
                 tolerance = 1e-12)
  }
})

test_that("the radius is rescaled, the data are normalized", {
  set.seed(2)
  x <- stats::rnorm(50)
  y <- stats::runif(50)
  distances <- abs(outer(x, y, "-"))
  for (rescale in c(1, 2, 4)) {
    scale <- switch(rescale, mean(distances), max(distances), NA, sum(distances) / (50^2 - 50))
    expect_equal(crqa(x, y, radius = .2, rescale = rescale)[1:9],
                 crqa(x, y, radius = .2 * scale)[1:9], tolerance = 1e-12)
  }
  unit <- function(x) (x - min(x)) / max(x - min(x))
  expect_equal(crqa(x, y, radius = .1, normalize = 1)[1:9], crqa(unit(x), unit(y), radius = .1)[1:9])
  expect_equal(crqa(x, y, radius = .1, normalize = 2)[1:9],
               crqa(c(scale(x)), c(scale(y)), radius = .1)[1:9])
  expect_error(crqa(x, y, rescale = 3), "rescale is 3; 0, 1, 2 and 4", class = "rqa_error_unsupported")
  expect_error(crqa(x, y[-1]), "ts1 has 50 samples and ts2 49", class = "rqa_error_mismatch")
  expect_error(crqa(cbind(x, y), cbind(y, x)), "mdcrqa", class = "rqa_error_value")
})

test_that("several columns are embedded as crqa does it", {
  set.seed(3)
  x <- matrix(round(stats::rnorm(80), 1), 40)
  y <- matrix(round(stats::rnorm(80), 1), 40)
  embed2 <- function(m) cbind(m[1:37, ], m[4:40, ])
  wanted <- crqa(embed2(x), embed2(y), radius = 2.5, method = "mdcrqa", metric = "manhattan")
  expect_equal(crqa(x, y, delay = 3, embed = 2, radius = 2.5, method = "mdcrqa", metric = "manhattan"),
               wanted)
  expect_gt(wanted$NRLINE, 0)
})
