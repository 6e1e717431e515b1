function results = rqa_run(kind, x, y, options, max_pixels)
% rqa_run.m - runs one job of rqa_mex: waits in short turns, so that Ctrl-C works, and closes the job
% whatever happens.
    try
        % First who closes it: Ctrl-C may come when the job has just been started.
        id = rqa_mex('number');
        cleaner = onCleanup(@() rqa_mex('close', id));
        rqa_mex('start', id, kind, x, y, options);
        while ~rqa_mex('wait', id, 0.1)
            drawnow;
        end
        results = rqa_mex('take', id);
        if strcmp(kind, 'matrix')
            results = rqa_mex('shares', id, max_pixels);
        end
    catch failure
        if strncmp(failure.identifier, 'rqa:', 4) % Octave puts the name of the file before the text
            error(failure.identifier, '%s', regexprep(failure.message, '^rqa_mex: ', ''));
        end
        rethrow(failure);
    end
end
