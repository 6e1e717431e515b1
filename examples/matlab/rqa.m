function result = rqa(x, varargin)
%RQA   Recurrence quantification analysis of a recording, or of two.
%    R = RQA(X, 'threshold', E) compares X with itself. X is a vector, or a
%    matrix of samples x channels. R has each measure by its name:
%       R.rr    recurrence rate          R.lam   laminarity
%       R.det   determinism              R.tt    trapping time
%       R.l_mean, R.l_max, R.l_entr      R.v_max, R.v_entr
%    and more; and R.reasons (why a measure is NaN), R.counts, R.histograms
%    (length and count of lines), R.provenance (what ran, by which rules).
%
%    R = RQA(X, Y, ...) compares X with Y (cross-recurrence; with
%    'relation', 'joint' joint recurrence).
%
%    R = RQA(..., NAME, VALUE, ...) sets options:
%       'dim', 'delay'     embedding (1, 1); 'dim_y', 'delay_y' of Y
%       'threshold'        how near two vectors must be
%       'threshold_unit'   'data', 'std', 'max-diameter', 'mean-diameter',
%                          'recurrence-rate', 'neighbours', 'neighbour-rate',
%                          'adaptive-neighbours'
%       'norm'             'euclidean', 'maximum', 'manhattan'
%       'convention'       'standard', 'crp' (CRP Toolbox), 'pyrqa',
%                          'pyunicorn', 'accrqa', 'crqa', 'neurokit',
%                          'recurrenceanalysis', 'founding'
%       'theiler'          Theiler window
%       'lmin', 'vmin', 'wmin'   shortest lines
%       'normalize'        'none', 'zscore', 'zscore-pop', 'unit'
%       'missing'          'error', or 'skip': NaN recurs with nothing
%       'measures'         a cell array of names; 'default' stands for the
%                          nineteen classical ones
%       'threads'          how many; 0 = all
%    and 'compare', 'ties', 'border', 'white_border', 'trend_border',
%    'threshold_y', 'threshold_lower', 'microstate_size', 'backend',
%    'skeleton', 'direction', 'direction_bound', 'direction_lag',
%    'theiler_points', 'theiler_diagonal', 'theiler_vertical'.
%
%    What librqa refuses is an error with the identifier rqa:STATUS, such as
%    rqa:value. Ctrl-C stops an analysis.
%
%    Example:
%       x = sin(0.1 * (1:500));
%       r = rqa(x, 'dim', 2, 'delay', 16, 'threshold', 0.2);
%       r.det
%
%    See also CRQA, RQA_WINDOWS, RQA_PLOT, RQA_SUGGEST, RQA_OF_MATRIX.
    if nargin < 1
        error('rqa:value', 'rqa: x is missing');
    end
    [x, y, options] = rqa_arguments('rqa', x, varargin);
    if ~isfield(options, 'threshold')
        error('rqa:value', 'rqa: threshold is missing: how near two vectors must be to recur');
    end
    result = rqa_run('analyze', x, y, options);
end
