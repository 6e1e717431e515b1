# names.R - what librqa calls things: read from the library, so that no list is written twice.

measure_names <- function() .Call(C_names, "measures")
measure_texts <- function() setNames(.Call(C_measure_texts), measure_names())
reason_texts <- function() .Call(C_reason_texts)

# Those whose unit is samples.
in_samples <- function(names) names[grepl("\\(samples\\)$", measure_texts()[names])]

rqa_measures <- function() {
  texts <- measure_texts()
  data.frame(measure = names(texts), text = unname(texts))
}

rqa_version <- function() .Call(C_version)
