function [x, y, options] = rqa_arguments(name, x, rest)
% rqa_arguments.m - a recording, perhaps a second one, and names with values, as a struct.
    x = rqa_recording(name, 'x', x);
    y = [];
    if ~isempty(rest) && ~ischar(rest{1}) && ~(exist('isstring') && isstring(rest{1}))
        if ~isempty(rest{1})
            y = rqa_recording(name, 'y', rest{1});
        end
        rest(1) = [];
    end
    if mod(numel(rest), 2) ~= 0
        error('rqa:value', '%s: options come in pairs, a name and a value', name);
    end
    options = struct();
    for k = 1:2:numel(rest)
        option = char(rest{k});
        if ~ischar(rest{k}) && ~(exist('isstring') && isstring(rest{k})) || ~isvarname(option)
            error('rqa:value', '%s: argument %d of the options is no name', name, k);
        end
        value = rest{k + 1};
        if exist('isstring') && isstring(value)
            value = cellstr(value);
            if numel(value) == 1
                value = value{1};
            end
        end
        options.(option) = value;
    end
end
