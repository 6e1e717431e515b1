# job.R - a request at work: starts it, waits in short turns so that R can be interrupted, takes the
# results. What librqa refuses becomes a condition of the classes rqa_error_STATUS and rqa_error.

KINDS <- c(analyze = 1L, cells = 2L, matrix = 4L, picture = 8L, windows = 16L, profile = 32L,
           suggest = 64L, test = 128L, grid = 256L)

rqa_stop <- function(status, message, call) {
  class <- c(sub("^rqa_error_error", "rqa_error", tolower(sub("^RQA_", "rqa_error_", status))),
             "rqa_error", "error", "condition")
  stop(structure(class = class, list(message = message, call = call, status = status)))
}

checked <- function(result, call) {
  if (inherits(result, "rqa_failure")) rqa_stop(result$status, result$message, call)
  result
}

# take: what is read off the job when it has ended; told: called between two turns.
compute <- function(kind, x, y, options, call, axes = NULL, told = NULL,
                    take = function(job) .Call(C_take, job)) {
  job <- checked(.Call(C_start, KINDS[[kind]], x, y, options, axes), call)
  on.exit(.Call(C_close, job))
  while (!.Call(C_wait, job, 0.1)) if (!is.null(told)) told(.Call(C_progress, job))
  results <- checked(.Call(C_take, job), call)
  if (!is.null(told)) told(.Call(C_progress, job))
  if (kind == "matrix") take(job) else results
}

# Options as C reads them: a number, or texts. NULL leaves one to librqa.
options_of <- function(given, call) {
  given <- given[!vapply(given, is.null, NA)]
  if (is.null(given$threads)) given$threads <- getOption("rqa.threads")
  names <- names(given)
  if (length(given) && (is.null(names) || any(!nzchar(names))))
    rqa_stop("RQA_ERROR_VALUE", "an argument has no name; options are given by name, see ?rqa_options",
             call)
  if (anyDuplicated(names))
    rqa_stop("RQA_ERROR_VALUE", paste(names[anyDuplicated(names)], "is given twice"), call)
  Map(function(name, value) option_of(name, value, call), names, given)
}

option_of <- function(name, value, call) {
  if (is.factor(value)) value <- as.character(value)
  if (name == "measures" && is.character(value) && length(value)) return(value)
  if (length(value) == 1 && !is.na(value) && is.null(dim(value))) {
    if (is.character(value)) return(enc2utf8(value))
    if (is.numeric(value) || is.logical(value)) return(as.double(value))
  }
  rqa_stop("RQA_ERROR_VALUE", sprintf("%s is %s; it must be one number or name%s", name,
                                      shown(value), if (name == "measures") ", or several names" else ""),
           call)
}

# A value for a message: one short line.
shown <- function(value) {
  text <- paste(deparse(value, nlines = 1L, width.cutoff = 60L), collapse = " ")
  if (nchar(text) > 60) paste0(substr(text, 1, 57), "...") else text
}
