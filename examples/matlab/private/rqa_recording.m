function x = rqa_recording(name, which, x)
% rqa_recording.m - numbers as a full matrix of doubles, samples x channels; a row is one channel.
    if ~(isnumeric(x) || islogical(x)) || ~isreal(x) || ndims(x) > 2 || isempty(x)
        error('rqa:value', '%s: %s must be real numbers, a vector or samples x channels', name, which);
    end
    if isinteger(x) && any(abs(double(x(:))) > flintmax)
        error('rqa:value', '%s: %s has integers that a double does not hold', name, which);
    end
    x = full(double(x));
    if size(x, 1) == 1
        x = x(:);
    end
end
