function result = rqa_of_matrix(cells, varargin)
%RQA_OF_MATRIX   Measures of a recurrence matrix.
%    R = RQA_OF_MATRIX(CELLS, NAME, VALUE, ...) counts the lines of CELLS,
%    where something recurs that is not 0. Rows are the index into y, columns
%    that into x. 'relation', 'cross' tells that it is no square of one
%    recording. Other options, and the result, are those of RQA.
%
%    Example:
%       r = rqa_of_matrix(crp(x, 'silent'), 'convention', 'crp');
%
%    See also RQA, RQA_PLOT.
    if ~(isnumeric(cells) || islogical(cells)) || ndims(cells) > 2 || isempty(cells) || ...
            any(isnan(cells(:)))
        error('rqa:value', 'rqa_of_matrix: cells must be a matrix of numbers without NaN');
    end
    [~, ~, options] = rqa_arguments('rqa_of_matrix', 0, varargin);
    result = rqa_run('cells', uint8(full(cells ~= 0))', [], options);
end
