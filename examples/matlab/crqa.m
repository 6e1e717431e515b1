function [y, starts] = crqa(varargin)
%CRQA   The call of the CRP Toolbox: (cross) recurrence quantification.
%    Y = CRQA(X, M, T, E, W, WS, LMIN, VMIN, TW) takes the arguments of the
%    CRP Toolbox's crqa and gives its columns, by its definitions, computed
%    by librqa; CRQA(X, Y, M, T, E, ...) is cross-recurrence.
%       M, T        dimension and delay (1, 1)
%       E           size of neighbourhood (0.1), below which X recurs
%       W, WS       window and its step in samples ([], 1); [] = all of X
%       LMIN, VMIN  shortest lines (2, 2)
%       TW          Theiler window (1; of two recordings 0)
%    X may have several columns, which are the components of its state; a
%    first column that never falls is a time scale, and is left out.
%
%    CRQA(..., NAME, ...)
%       'maxnorm' (default), 'euclidean', 'minnorm'   the norm
%       'rr'           maximum norm, E is the recurrence rate to reach
%       'fan'          E is the share of vectors that are neighbours
%       'normalize' (default: z-scores), 'nonormalize'
%       'gui', 'nogui', 'silent'   are taken, and do nothing
%
%    Columns of Y:
%        1 RR    2 DET    3 <L>    4 Lmax    5 ENTR    6 LAM    7 TT
%        8 Vmax  9 T1    10 T2    11 RTE    12 Clust  13 Trans
%    Row i is the window that begins at sample i. Rows between two windows are
%    NaN (0 in the toolbox). [Y, STARTS] = CRQA(...) tells which rows are
%    windows. There are those that the toolbox has, 1:WS:length(X)-W; the last
%    possible one is not among them (RQA_WINDOWS has it).
%
%    Without an output the measures of windows are plotted, those of the whole
%    recording printed. T2, Clust and Trans differ from the toolbox's: see
%    docs/matlab.md.
%
%    Examples:
%       a = randn(300, 1);
%       y = crqa(a, 1, 1, .2, 40, 2, 'euc');
%       y = crqa(a, 1, 1, .2, [], [], 2, 2, 1, 'nonormalize', 'silent');
%
%    See also RQA, RQA_WINDOWS, RQA_PLOT.
    given = read_arguments(varargin);
    [starts, w] = window_starts(given);
    if any(strcmp(given.method, {'rr', 'fan'}))
        rows = each_window(given, starts, w);
    elseif isempty(given.w)
        rows = row_of(rqa_run('analyze', given.x, given.y, fixed(given)));
    else
        options = fixed(given);
        options.window = w;
        options.step = given.ws;
        rows = row_of(rqa_run('windows', given.x, given.y, options));
        rows = rows(1:numel(starts), :);
    end
    out = NaN(starts(end), 13);
    out(starts, :) = rows;
    if nargout == 0
        show(given, starts, out);
    else
        y = out;
    end
end

function names = measures()
    names = {'rr', 'det', 'l_mean', 'l_max', 'l_entr', 'lam', 'tt', 'v_max', 't1', 't2', 'rte', ...
             'clustering', 'transitivity'};
end

function refuse(varargin)
    error('rqa:value', 'crqa: %s', sprintf(varargin{:}));
end

% ---- arguments ----

function given = read_arguments(arguments_)
    is_text = cellfun(@ischar, arguments_);
    texts = arguments_(is_text);
    numbers = arguments_(~is_text);
    if isempty(numbers)
        refuse('x is missing');
    end
    [given.method, given.normalize] = read_texts(texts);
    given.x = without_time(rqa_recording('crqa', 'x', as_columns(numbers{1})));
    given.y = [];
    numbers(1) = [];
    if ~isempty(numbers) && numel(numbers{1}) ~= 1
        if ~isempty(numbers{1})
            given.y = without_time(rqa_recording('crqa', 'y', as_columns(numbers{1})));
        end
        numbers(1) = [];
    end
    names = {'m', 't', 'e', 'w', 'ws', 'lmin', 'vmin', 'tw'};
    given = read_numbers(given, names, {1, 1, 0.1, [], 1, 2, 2, []}, numbers);
    if ~isempty(given.y) && size(given.y, 1) ~= size(given.x, 1)
        refuse('x has %d samples and y %d; they must have as many (rqa takes both as they are)', ...
               size(given.x, 1), size(given.y, 1));
    end
    if isequal(given.x, given.y)
        given.y = [];
    end
    if ~isempty(given.y)
        given.tw = 0;
    elseif isempty(given.tw)
        given.tw = 1;
    end
    if given.normalize
        given.x = scaled('x', given.x);
        if ~isempty(given.y)
            given.y = scaled('y', given.y);
        end
    end
end

function given = read_numbers(given, names, defaults, numbers)
    if numel(numbers) > numel(names)
        refuse('too many numbers; after the data come %s', strjoin(names, ', '));
    end
    for k = 1:numel(names)
        given.(names{k}) = defaults{k};
        if k > numel(numbers) || isempty(numbers{k})
            continue
        end
        value = numbers{k};
        if ~isnumeric(value) || numel(value) ~= 1 || ~isreal(value) || ~isfinite(value)
            refuse('%s must be one number', names{k});
        end
        if k ~= 3 && (value ~= round(value) || value < (k < 8))
            refuse('%s is %g; it must be a whole number from %d on', names{k}, value, k < 8);
        end
        given.(names{k}) = double(value);
    end
end

% By their first letters, as in the toolbox.
function [method, normalize] = read_texts(texts)
    method = 'maximum';
    normalize = true;
    for k = 1:numel(texts)
        switch lower(texts{k}(1:min(2, end)))
            case 'ma', method = 'maximum';
            case 'eu', method = 'euclidean';
            case 'mi', method = 'manhattan';
            case 'rr', method = 'rr';
            case 'fa', method = 'fan';
            case 'no'
                if strncmpi(texts{k}, 'non', 3)
                    normalize = false;
                elseif strncmpi(texts{k}, 'nor', 3)
                    normalize = true;
                elseif ~strncmpi(texts{k}, 'nog', 3)
                    refuse('''%s'' is no option', texts{k});
                end
            case {'gu', 'si'}
            otherwise
                refuse(['''%s'' is no option here; there are maxnorm, euclidean, minnorm, rr, ' ...
                        'fan, normalize, nonormalize, gui, nogui, silent'], texts{k});
        end
    end
end

function x = as_columns(x)
    if ndims(x) == 2 && size(x, 1) < size(x, 2)
        x = x.';
    end
end

function x = without_time(x)
    if size(x, 2) >= 2 && all(diff(x(:, 1)) >= 0)
        x = x(:, 2:end);
    end
end

function x = scaled(name, x)
    spread = std(x);
    if any(spread == 0)
        error('rqa:constant', 'crqa: %s has a constant column, which has no z-scores', name);
    end
    x = bsxfun(@rdivide, bsxfun(@minus, x, mean(x)), spread);
end

% ---- computing ----

function [starts, w] = window_starts(given)
    n = size(given.x, 1);
    w = given.w;
    if isempty(w)
        w = n;
    end
    if w > n
        refuse('w is %d; it must be at most %d, the number of samples', w, n);
    end
    starts = 1:given.ws:max(n - w, 1);
end

% Options of an analysis with a threshold.
function options = fixed(given)
    options = counted(given, numel(measures()) - 2 * ~isempty(given.y));
    options.dim = given.m;
    options.delay = given.t;
    options.threshold = given.e;
    options.norm = given.method;
end

function options = counted(given, n_measures)
    names = measures();
    options = struct('convention', 'crp', 'lmin', given.lmin, 'vmin', given.vmin, 'theiler', ...
                     given.tw, 'measures', {names(1:n_measures)});
end

function rows = row_of(found)
    names = measures();
    rows = NaN(numel(found.rr), numel(names));
    for k = 1:numel(names)
        if isfield(found, names{k})
            rows(:, k) = found.(names{k});
        end
    end
end

% A rate, or neighbours, are those of each window.
function rows = each_window(given, starts, w)
    rows = NaN(numel(starts), 13);
    for k = 1:numel(starts)
        part = given;
        part.x = given.x(starts(k) + (0:w - 1), :);
        if ~isempty(given.y)
            part.y = given.y(starts(k) + (0:w - 1), :);
        end
        if strcmp(given.method, 'rr')
            rows(k, :) = by_rate(part);
        else
            rows(k, :) = by_neighbours(part);
        end
    end
end

% The threshold is the ceil(e N^2)-th smallest of all distances.
function row = by_rate(given)
    cells = (size(given.x, 1) - (given.m - 1) * given.t)^2;
    if given.e <= 0 || given.e > 1
        refuse('e is %g; a recurrence rate is above 0 and at most 1', given.e);
    end
    given.method = 'maximum';
    given.w = [];
    options = struct('dim', given.m, 'delay', given.t, 'norm', 'maximum', 'theiler', 0, 'measures', ...
                     'rr', 'threshold', ceil(given.e * cells) / cells, 'threshold_unit', ...
                     'recurrence-rate');
    found = rqa_run('analyze', given.x, given.y, options);
    given.e = found.provenance.threshold;
    row = row_of(rqa_run('analyze', given.x, given.y, fixed(given)));
end

function row = by_neighbours(given)
    n = round(given.e * (size(given.x, 1) - (given.m - 1) * given.t));
    if given.e >= 1 || n < 1
        refuse('e is %g; of neighbours it is their share of all vectors, below 1 and of one at least', ...
               given.e);
    end
    options = struct('dim', given.m, 'delay', given.t, 'norm', 'euclidean', 'threshold', n, ...
                     'threshold_unit', 'neighbours', 'theiler_points', 0, 'ties', 'index');
    found = rqa_run('matrix', given.x, given.y, options, 0);
    options = counted(given, 11);
    if ~isempty(given.y)
        options.relation = 'cross';
    end
    row = row_of(rqa_run('cells', uint8(found.shares > 0)', [], options));
end

% ---- showing ----

function show(given, starts, out)
    labels = {'RR', 'DET', '<L>', 'Lmax', 'ENTR', 'LAM', 'TT', 'Vmax', 'T1', 'T2', 'RTE', 'Clust', ...
              'Trans'};
    if numel(starts) == 1
        for k = 1:13
            fprintf('%-6s %g\n', labels{k}, out(starts, k));
        end
        return
    end
    shown = [1, 2, 3, 5, 6, 7];
    for k = 1:6
        subplot(3, 2, k);
        plot(starts, out(starts, shown(k)));
        ylabel(labels{shown(k)});
    end
end
