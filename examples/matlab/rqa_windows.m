function result = rqa_windows(x, varargin)
%RQA_WINDOWS   Measures in windows along a recording.
%    W = RQA_WINDOWS(X, 'window', N, 'step', S, 'threshold', E, ...) has, in
%    columns, W.start and W.end, the first and last sample of each window,
%    W.centre, W.pairs, W.points, W.threshold, and the measures. There are
%    floor((length(X) - N) / S) + 1 windows. Each is as RQA has it for these
%    samples. RQA_WINDOWS(X, Y, ...) compares two recordings.
%
%    Options are those of RQA; 'step' is 1 by default; 'scope', 'window' takes
%    the unit of the threshold from each window instead of the recording. By
%    default the classical measures, save t1, t2, rte and trend.
%
%    Example:
%       x = [sin(0.3 * (1:300)), sin(0.3 * (1:300) .^ 1.1)];
%       w = rqa_windows(x, 'window', 100, 'step', 20, 'threshold', 0.3);
%       plot(w.centre, w.det)
%
%    See also RQA, CRQA.
    if nargin < 1
        error('rqa:value', 'rqa_windows: x is missing');
    end
    [x, y, options] = rqa_arguments('rqa_windows', x, varargin);
    for name = {'window', 'threshold'}
        if ~isfield(options, name{1})
            error('rqa:value', 'rqa_windows: %s is missing', name{1});
        end
    end
    result = rqa_run('windows', x, y, options);
end
