/* cost_rates.h - the constants of the cost model: nanoseconds, for each kernel level. */
#ifndef RQA_PLAN_COST_RATES_H
#define RQA_PLAN_COST_RATES_H

/* Bit rows, by sizes alone. */
typedef struct rqa__bits_rates {
    double run;      /* one (dim, threshold) */
    double vector;   /* a vector of x or y in it */
    double maximum;  /* a pair of the half matrix: maximum norm */
    double sum;      /* the same, norms that add */
    double sum_term; /* and for each term of the sum beyond the first */
    double full;     /* a pair when offsets or recurrence times are wanted */
    double twice;    /* times as much where white lines take a pass of their own */
    double diagonal; /* and where no columns are looked at */
} rqa__bits_rates;

/* The same where the data have been looked at. Tiles in which nothing changes are decided as wholes:
 * few changes leave few pairs to look at one by one. */
typedef struct rqa__bits_seen_rates {
    double run, vector;   /* as above */
    double pair;          /* a pair of the half matrix, whatever becomes of it */
    double reach;         /* pairs that a crossing opens, with no tiles all of them are open: */
    double maximum;       /* an open pair: maximum norm */
    double sum;           /* the same, norms that add */
    double maximum_term, sum_term; /* and for each term beyond the first */
    double strips;        /* a pair where there are no tiles */
    double end;           /* a crossing */
    double full_end;      /* and more when offsets or recurrence times are wanted */
    double windows, windows_white; /* crossings from which on lines are counted by windows, without and
                                      with white lines, which takes no longer for more of them */
} rqa__bits_seen_rates;

/* Threshold indices. `_run` is for each threshold, or where the data have been looked at, times the
 * share of cells at which the index changes. */
typedef struct rqa__sweep_rates {
    double task;
    double term;            /* a cell, for each term of the largest dim */
    double dim, run;        /* a cell and dim */
    double white, white_run; /* a column cell and dim */
    double time, time_run;  /* the same: recurrence times, which are plain C at every level */
    double offset;          /* a diagonal cell and dim */
    double line;            /* a vector and dim: the ends of its column and diagonal */
    double result;          /* a dim and threshold, with the measures made of it */
} rqa__sweep_rates;

typedef struct rqa__rates {
    double bits_scale, sweep_scale; /* of a profile under which the constants are nanoseconds */
    rqa__bits_rates bits;
    rqa__bits_seen_rates bits_seen;
    rqa__sweep_rates sweep, sweep_seen;
} rqa__rates;

/* Of a RQA__LEVEL_*. */
const rqa__rates *rqa__rates_of(int level);

#endif
