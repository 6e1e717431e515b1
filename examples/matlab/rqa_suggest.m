function result = rqa_suggest(x, varargin)
%RQA_SUGGEST   A delay, a dimension and thresholds for a recording, and why.
%    S = RQA_SUGGEST(X) has S.delay, S.dim, the thresholds S.rate05,
%    S.diameter10, S.sd02, the rule behind each in S.rules, S.warnings, and
%    the curves S.acf, S.ami (from lag 0), S.fnn_fraction, S.cao_e1 and others
%    (from dim 1). They are rules of thumb: look at the curves.
%
%    RQA_SUGGEST(X, NAME, VALUE, ...): 'max_lag', 'max_dim', 'bins',
%    'mi_estimator' ('bins', 'ksg'), 'ksg_k', 'theiler', 'delay', 'norm',
%    'fnn_rtol', 'fnn_atol', 'fnn_fraction', 'normalize', 'threads'.
%
%    Example:
%       s = rqa_suggest(sin(0.1 * (1:600)), 'max_dim', 5);
%       r = rqa(x, 'dim', s.dim, 'delay', s.delay, 'threshold', s.rate05);
%
%    See also RQA.
    if nargin < 1
        error('rqa:value', 'rqa_suggest: x is missing');
    end
    [x, ~, options] = rqa_arguments('rqa_suggest', x, varargin);
    result = rqa_run('suggest', x, [], options);
end
