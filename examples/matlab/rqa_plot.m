function shares = rqa_plot(x, varargin)
%RQA_PLOT   Draws a recurrence plot, or writes it to a PNG file.
%    RQA_PLOT(X, 'threshold', E, ...) draws X against itself by IMAGESC,
%    RQA_PLOT(X, Y, ...) X, across, against Y, upwards. Options are those of
%    RQA that say what recurs, and
%       'max_pixels'      a larger matrix is reduced to so many (1000; 0 never)
%       'sampling_rate'   samples in a second, for axes in seconds
%       'file'            a PNG file, which is written without a matrix, so of
%                         a recording of any length; 'overwrite', true
%
%    S = RQA_PLOT(...) draws nothing and gives the matrix of shares: how much
%    of each pixel recurs; with 'max_pixels', 0 that is the recurrence matrix,
%    rows the index into Y, columns that into X.
%
%    Example:
%       rqa_plot(sin(0.1 * (1:500)), 'dim', 2, 'delay', 16, 'threshold', 0.2)
%
%    See also RQA, RQA_OF_MATRIX.
    if nargin < 1
        error('rqa:value', 'rqa_plot: x is missing');
    end
    [x, y, options] = rqa_arguments('rqa_plot', x, varargin);
    if ~isfield(options, 'threshold')
        error('rqa:value', 'rqa_plot: threshold is missing');
    end
    rate = [];
    if isfield(options, 'sampling_rate')
        rate = options.sampling_rate;
        options = rmfield(options, 'sampling_rate');
    end
    if isfield(options, 'file')
        write_file(x, y, options, rate);
        return
    end
    max_pixels = 1000;
    if isfield(options, 'max_pixels')
        max_pixels = options.max_pixels;
        options = rmfield(options, 'max_pixels');
    end
    found = rqa_run('matrix', x, y, options, max_pixels);
    if nargout > 0
        shares = found.shares;
        return
    end
    draw(found, rate);
end

function write_file(x, y, options, rate)
    options.path = options.file;
    options = rmfield(options, 'file');
    if ~isempty(rate)
        options.sample_period = 1 / rate;
    end
    options.x_label = unit_of(rate);
    options.y_label = unit_of(rate);
    rqa_run('picture', x, y, options);
end

% Square root, so that thin lines stay visible, as in the file.
function draw(found, rate)
    middle = @(n) (found.side + 1) / 2 + found.side * [0, n - 1];
    across = middle(size(found.shares, 2));
    up = middle(size(found.shares, 1));
    if ~isempty(rate)
        across = (across - 1) / rate;
        up = (up - 1) / rate;
    end
    imagesc(across, up, sqrt(found.shares));
    colormap(gca, 1 - gray(256));
    axis xy
    axis image
    xlabel(unit_of(rate));
    ylabel(unit_of(rate));
end

% What an axis counts.
function unit = unit_of(rate)
    unit = 'sample';
    if ~isempty(rate)
        unit = 'time (s)';
    end
end
