% test_matlab.m - the face for MATLAB and Octave: the crp dialect against values of the CRP Toolbox and
% against its steps written out, equality with the program, errors, Ctrl-C, jobs that are left.
%
% Run by Octave with this folder as the current one, and in the environment RQA_TEST_MATLAB, the
% folder of the M-files; RQA_TEST_PROGRAM, librqa's program; RQA_TEST_ORACLES, tests/data/oracles.
function test_matlab()
    addpath(getenv('RQA_TEST_MATLAB'));
    tests = {@memory_is_given_back, @dialect_values, @dialect_steps, @dialect_windows, @dialect_rate, ...
             @dialect_neighbours, @dialect_arguments, @published_values, @matrices, ...
             @windows_are_analyses, @suggestion, ...
             @kinds_of_numbers, @errors, @equal_to_the_program, @pictures, @interrupt, @nothing_is_left};
    failed = 0;
    for k = 1:numel(tests)
        try
            begin = tic();
            tests{k}();
            printf('ok    %-22s %6.2f s\n', func2str(tests{k}), toc(begin));
        catch failure
            failed++;
            printf('FAIL  %-22s %s\n', func2str(tests{k}), failure.message);
            for frame = failure.stack(1:min(3, end))'
                printf('          %s:%d\n', frame.name, frame.line);
            end
        end
    end
    printf('%d of %d tests passed, Octave %s, librqa %s\n', numel(tests) - failed, numel(tests), ...
           version(), rqa_mex('version'));
    exit(failed > 0);
end

% ---- helpers ----

function near(found, wanted, what, tolerance)
    if nargin < 4
        tolerance = 1e-12;
    end
    same = isnan(found) & isnan(wanted) | abs(found - wanted) <= tolerance * max(1, abs(wanted));
    if ~isequal(size(found), size(wanted)) || ~all(same(:))
        error('%s: [%s], not [%s]', what, num2str(found(:)', 17), num2str(wanted(:)', 17));
    end
end

function refused(id, pattern, call)
    try
        call();
    catch failure
        if ~strcmp(failure.identifier, id) || isempty(regexp(failure.message, pattern))
            error('%s: "%s", not %s: "%s"', failure.identifier, failure.message, id, pattern);
        end
        return
    end
    error('not refused: %s', func2str(call));
end

function x = walk()
    x = [0 1 1 2 1 0 0 1 2 3 3 2 1 1 0 2];
end

% Numbers without R's or MATLAB's generator.
function x = noise(n, seed)
    x = zeros(n, 1);
    for k = 1:n
        seed = mod(1103515245 * seed + 12345, 2^31);
        x(k) = (seed + .5) / 2^31;
    end
end

function x = oracle_series(name)
    x = load(fullfile(getenv('RQA_TEST_ORACLES'), 'series', [name '.txt']));
end

% ---- the dialect ----

% Values of crqa.m 5.45 with dl.m, tt.m and entropy.m, as tests/measures/test_dialects.c has them.
function dialect_values()
    whole = @(x, e, shortest, tw) crqa(x, 1, 1, e, [], [], shortest, shortest, tw, 'nonormalize', 'silent');
    y = whole(walk(), .5, 3, 0);
    near(y([1:9, 11]), [.28125, 2/9, 16, 16, 0, 0, NaN, 0, 3.1785714285714284, 0.76293224600633525], 'walk');
    y = whole(walk(), .5, 2, 1);
    near(y([1:3, 6, 7, 9, 11]), [7/30, 5/14, 2, 5/14, 2, 3.8, 0.87806564889857242], 'walk, band');
    y = whole(walk(), 1.5, 2, 2);
    near(y([1:9, 11]), [2/3, .9, 3.15, 6, 1.370515174287956, 61/70, 122/27, 9, 1.75, 0.94140177017832616], ...
         'walk, wider band');
    y = whole(0:7, .5, 2, 1);
    near(y(1:11), [0, NaN, NaN, 0, NaN, NaN, NaN, 0, NaN, NaN, NaN], 'ramp');
    y = whole(walk(), .5, 3, 1);
    near(y(1:8), [7/30, 0, 0, 0, 0, 0, NaN, 0], 'no line');
    y = whole([0 1 0 1 0 1], .5, 2, 1);
    near(y([9, 11]), [8/3, 0.57938016428569494], 'alternating');
end

% The toolbox's plot and measures, from its definitions: RR DET L Lmax ENTR LAM TT Vmax T1.
function y = steps(x, z, m, t, e, norm_, lmin, vmin, tw)
    n = size(x, 1) - (m - 1) * t;
    index = bsxfun(@plus, (1:n)', (0:m - 1) * t);
    difference = @(k) abs(bsxfun(@minus, x(index(:, k))', z(index(:, k))));
    d = difference(1);
    for k = 2:m
        switch norm_
            case 'maxnorm', d = max(d, difference(k));
            case 'minnorm', d = d + difference(k);
            case 'euclidean', d = sqrt(d .^ 2 + difference(k) .^ 2);
        end
    end
    y = of_plot(d < e, lmin, vmin, tw);
end

function y = of_plot(plot_, lmin, vmin, tw)
    n = size(plot_, 1);
    band = abs(bsxfun(@minus, (1:n)', 1:n)) < tw;
    plot_(band) = false;
    l = [];
    v = [];
    t1 = [];
    for k = 1 - n:n - 1
        l = [l; runs(diag(plot_, k))];
    end
    for k = 1:n
        v = [v; runs(plot_(:, k))];
        t1 = [t1; diff(find(plot_(:, k)))];
    end
    points = sum(plot_(:));
    long = l(l >= lmin);
    high = v(v >= vmin);
    p = accumarray(long, 1);
    p = p(p > 0) / sum(p);
    y = [points / sum(~band(:)), sum(long) / points, mean(long), max(long), -sum(p .* log(p)), ...
         sum(high) / points, mean(high), max(high), mean(t1)];
end

function lengths = runs(line)
    edges = diff([0; line(:); 0]);
    lengths = find(edges < 0) - find(edges > 0);
end

function dialect_steps()
    x = noise(80, 1);
    z = noise(80, 2);
    for norm_ = {'maxnorm', 'minnorm', 'euclidean'}
        for tw = [0, 1, 3]
            y = crqa(x, 2, 3, .33, [], [], 2, 3, tw, norm_{1}, 'nonormalize');
            near(y(1:9), steps(x, x, 2, 3, .33, norm_{1}, 2, 3, tw), [norm_{1} ', auto']);
        end
        y = crqa(x, z, 2, 3, .33, [], [], 2, 2, 1, norm_{1}, 'nonormalize');
        near(y(1:9), steps(x, z, 2, 3, .33, norm_{1}, 2, 2, 0), [norm_{1} ', cross']);
    end
    s = (x - mean(x)) / std(x);
    y = crqa(x, 1, 1, .5, 'euc');
    near(y(1:9), steps(s, s, 1, 1, .5, 'euclidean', 2, 2, 1), 'z-scores are the default');
end

function dialect_windows()
    x = noise(60, 3);
    [y, starts] = crqa(x, 2, 1, .3, 20, 8, 'nonormalize', 'silent');
    assert(starts, 1:8:33); % and not 41, though it fits
    assert(size(y), [starts(end), 13]);
    assert(all(isnan(y(2, :))));
    for k = starts
        part = x(k:k + 19);
        near(y(k, 1:9), steps(part, part, 2, 1, .3, 'maxnorm', 2, 2, 1), 'a window');
        near(y(k, :), crqa(part, 2, 1, .3, 'nonormalize'), 'a window, and its samples alone');
    end
    y = crqa(x, 1, 1, .3, 60, 1, 'nonormalize'); % the whole
    near(y, crqa(x, 1, 1, .3, 'nonormalize'), 'a window of everything');
end

function dialect_rate()
    x = noise(50, 4);
    d = sort(abs(reshape(bsxfun(@minus, x, x'), [], 1)));
    y = crqa(x, 1, 1, .1707, 'rr', 'nonormalize');
    near(y(1:9), steps(x, x, 1, 1, d(ceil(.1707 * 2500)), 'maxnorm', 2, 2, 1), 'rr');
    y = crqa(oracle_series('henon')(:, 1), 2, 1, .05, [], [], 2, 2, 0, 'rr', 'nonormalize');
    n = numel(oracle_series('henon')(:, 1)) - 1;
    assert(round(y(1) * n^2), 31919); % peer=crp:rr in 01_target_rr.tsv, where n is 799
    [y, starts] = crqa(x, 1, 1, .2, 25, 10, 'rr', 'nonormalize');
    near(y(starts(2), :), crqa(x(11:35), 1, 1, .2, 'rr', 'nonormalize'), 'a rate of each window');
end

function dialect_neighbours()
    x = noise(40, 5);
    [~, order] = sort(abs(bsxfun(@minus, x, x'))); % each column: y by distance, ties by index
    plot_ = false(40);
    for k = 1:40
        plot_(order(1:round(.12 * 40), k), k) = true;
    end
    y = crqa(x, 1, 1, .12, 'fan', 'nonormalize');
    near(y(1:9), of_plot(plot_, 2, 2, 1), 'fan');
    assert(isnan(y(12)));
end

function dialect_arguments()
    x = noise(60, 6);
    y = crqa(x, 1, 1, .2);
    near(crqa(x', 1, 1, .2), y, 'a row');
    near(crqa(x, [], 1, 1, .2), y, 'an empty y');
    near(crqa(x, x, 1, 1, .2), y, 'y that is x');
    near(crqa([(1:60)', x], 1, 1, .2), y, 'a time scale');
    near(crqa(int8(round(20 * x)), 1, 1, .2), crqa(round(20 * x), 1, 1, .2), 'int8');
    near(crqa(x), crqa(x, 1, 1, .1, [], 1, 2, 2, 1, 'maxnorm', 'normalize', 'nogui'), 'defaults');
    two = [x, noise(60, 7)];
    near(crqa(two, 1, 1, .4, 'nonorm')(1), rqa(two, 'threshold', .4, 'norm', 'maximum', 'convention', 'crp').rr, ...
         'two columns');
    refused('rqa:value', 'crqa: t is 0; it must be a whole number from 1', @() crqa(x, 1, 0));
    refused('rqa:value', '''opattern'' is no option here', @() crqa(x, 'opattern'));
    refused('rqa:value', 'w is 61; it must be at most 60', @() crqa(x, 1, 1, .1, 61));
    refused('rqa:value', 'x has 60 samples and y 59', @() crqa(x, x(2:end), 1, 1));
    refused('rqa:value', 'too many numbers', @() crqa(x, 1, 1, 1, 30, 1, 2, 2, 1, 9));
    refused('rqa:constant', 'constant column', @() crqa(ones(30, 1), 1, 1));
    refused('rqa:value', 'threshold is -1', @() crqa(x, 1, 1, -1));
    refused('rqa:value', 'x is missing', @() crqa());
end

% ---- rqa and its siblings ----

function published_values()
    x = [.1 .5 1.3 .7 .8 1.4 1.6 1.2 .4 1.1 .8 .2 1.3]; % PyRQA's documented example
    r = rqa(x, 'dim', 2, 'delay', 2, 'threshold', .65, 'convention', 'pyrqa');
    near([r.rr, r.det, r.l_mean, r.l_max, r.lam, r.tt, r.w_mean], ...
         [.371901, .411765, 2.333333, 3, .4, 2.571429, 2.538462], 'PyRQA', 1e-6);
    r = rqa(mod(0:99, 7), 'threshold', .5); % closed form of a strict period
    near([r.l_mean, r.l_max, r.l_entr], [47.5, 93, log(14)], 'period 7');
    assert(r.histograms.diagonal, [100 - 7 * (14:-1:1)', 2 * ones(14, 1)]);
    r = rqa(0:9, 'threshold', .5);
    assert(isnan(r.det) && strcmp(r.reasons.det, 'no recurrence point'));
    a = [.9 .1 .2 .3 .5 1.7 .4 .8 1.5];
    b = [.3 1.3 .6 .2 1.1 1.9 1.3 .4 .7 .9 1.6];
    r = rqa(a, b, 'dim', 2, 'delay_y', 2, 'threshold', .73, 'convention', 'pyrqa');
    near([r.rr, r.det, r.lam, r.tt], [.319444, .521739, .434783, 2.5], 'cross', 1e-6);
end

function matrices()
    x = noise(30, 8);
    cells = rqa_plot(x, 'threshold', .2, 'max_pixels', 0);
    assert(cells == 1, abs(bsxfun(@minus, x, x')) <= .2);
    a = rqa(x, 'threshold', .2);
    b = rqa_of_matrix(cells);
    near([b.rr, b.det, b.lam, b.trend], [a.rr, a.det, a.lam, a.trend], 'a matrix');
    y = noise(20, 9);
    cells = rqa_plot(x, y, 'threshold', .2, 'max_pixels', 0);
    assert(size(cells), [20, 30]);
    near(rqa_of_matrix(cells, 'relation', 'cross').tt, rqa(x, y, 'threshold', .2).tt, 'cross');
    shares = rqa_plot(x, 'threshold', .2, 'max_pixels', 10);
    near(shares(2, 3), mean(mean(abs(bsxfun(@minus, x(4:6), x(7:9)')) <= .2)), 'a share');
    refused('rqa:value', 'without NaN', @() rqa_of_matrix([NaN 1; 1 0]));
end

function windows_are_analyses()
    x = noise(100, 10);
    w = rqa_windows(x, 'window', 40, 'step', 20, 'dim', 2, 'threshold', .3);
    assert(w.start, [1; 21; 41; 61]);
    assert(w.end, w.start + 39);
    for k = 1:4
        r = rqa(x(w.start(k):w.end(k)), 'dim', 2, 'threshold', .3);
        assert([w.rr(k), w.det(k), w.l_entr(k), w.w_max(k)], [r.rr, r.det, r.l_entr, r.w_max]);
    end
    refused('rqa:value', 'window is missing', @() rqa_windows(x, 'threshold', 1));
end

function suggestion()
    x = sin(.1 * (1:600)) + .5 * sin(.1 * sqrt(2) * (1:600));
    s = rqa_suggest(x, 'max_lag', 60, 'max_dim', 4);
    d = x - mean(x);
    near(s.acf(8), sum(d(1:593) .* d(8:600)) / sum(d .^ 2), 'acf');
    assert(numel(s.fnn_fraction), 4);
    assert(~isempty(s.rules.delay));
    near(rqa(x, 'dim', s.dim, 'delay', s.delay, 'threshold', s.rate05).rr, .05, 'rate05', 1e-3);
end

function kinds_of_numbers()
    x = [1 3 2 1 3 2 2];
    wanted = rqa(x, 'threshold', 0).det;
    assert(rqa(int16(x'), 'threshold', 0).det, wanted);
    assert(rqa(single(x), 'threshold', 0).det, wanted);
    assert(rqa(sparse(x), 'threshold', 0).det, wanted);
    assert(rqa([true false true], 'threshold', 0).rr, 1 / 3);
    assert(rqa([0 1 NaN 1 0 1], 'threshold', 0, 'missing', 'skip').counts.skipped_x, 1);
    r = rqa(x, 'threshold', 0, 'measures', {'rr', 'transitivity'});
    assert(fieldnames(r)(1:2), {'rr'; 'transitivity'});
end

function errors()
    x = walk();
    refused('rqa:value', '^threshold is -1; a threshold must be finite', @() rqa(x, 'threshold', -1));
    refused('rqa:unknown_name', '^lmn is no option here', @() rqa(x, 'threshold', 1, 'lmn', 2));
    refused('rqa:unknown_name', 'norm is "foo"; allowed are maximum', @() rqa(x, 'threshold', 1, 'norm', 'foo'));
    refused('rqa:value', 'dim is 2.5; it must be a whole number', @() rqa(x, 'threshold', 1, 'dim', 2.5));
    refused('rqa:value', 'dim must be one real number', @() rqa(x, 'threshold', 1, 'dim', [1 2]));
    refused('rqa:value', 'threshold is missing', @() rqa(x));
    refused('rqa:value', 'options come in pairs', @() rqa(x, 'threshold'));
    refused('rqa:value', 'x must be real numbers', @() rqa({1}, 'threshold', 1));
    refused('rqa:value', 'x must be real numbers', @() rqa([], 'threshold', 1));
    refused('rqa:not_finite', 'sample 2 of channel 1 is missing', @() rqa([1 NaN 2], 'threshold', 1));
    refused('rqa:too_short', '.', @() rqa(x, 'threshold', 1, 'dim', 90));
    refused('rqa:internal', 'the job is closed', @() rqa_mex('take', 123456));
end

% ---- the program ----

function values = of_program(file, names, varargin)
    [status, text] = system([getenv('RQA_TEST_PROGRAM') ' analyze ' file ' --format json ' ...
                             strjoin(varargin, ' ')]);
    assert(status, 0);
    values = cellfun(@(name) str2double(regexp(text, ['"' name '": ([-+.0-9e]+|null)'], 'tokens', 'once'){1}), names);
end

function equal_to_the_program()
    x = round(1000 * [cumsum(noise(300, 11) - .5), cumsum(noise(300, 12) - .5)]) / 1000;
    file = [tempname() '.csv'];
    dlmwrite(file, x, 'precision', '%.17g');
    names = {'rr', 'det', 'l_mean', 'l_entr', 'lam', 'tt', 'v_entr', 'w_mean', 't1', 't2', 'rte', 'trend'};
    r = rqa(x, 'dim', 2, 'delay', 3, 'threshold', .8);
    found = cellfun(@(name) r.(name), names);
    assert(found, of_program(file, names, '--columns all --dim 2 --delay 3 --threshold 0.8'));
    r = rqa(x, 'dim', 2, 'delay', 3, 'threshold', 4, 'threshold_unit', 'adaptive-neighbours');
    found = cellfun(@(name) r.(name), names);
    assert(found, of_program(file, names, ['--columns all --dim 2 --delay 3 --threshold 4 ' ...
                                           '--threshold-unit adaptive-neighbours']));
    r = rqa(x, 'dim', 2, 'delay', 3, 'threshold', .8, 'skeleton', true);
    found = cellfun(@(name) r.(name), names);
    assert(found, of_program(file, names, '--columns all --dim 2 --delay 3 --threshold 0.8 --skeleton'));
    r = rqa(x, 'dim', 2, 'delay', 3, 'threshold', .8, 'direction', 'isodirectional', ...
            'direction_bound', .3, 'direction_lag', 2);
    found = cellfun(@(name) r.(name), names);
    assert(found, of_program(file, names, ['--columns all --dim 2 --delay 3 --threshold 0.8 ' ...
                                           '--isodirectional 0.3,2']));
    y = crqa(x(:, 1), 3, 2, .4, 'nonormalize', 'euclidean');
    names = {'rr', 'det', 'l_mean', 'l_max', 'l_entr', 'lam', 'tt', 'v_max', 't1', 't2', 'rte'};
    assert(y(1:11), of_program(file, names, ['--columns 1 --dim 3 --delay 2 --threshold 0.4 ' ...
                                             '--convention crp']));
    names = {'clustering', 'transitivity'};
    assert(y(12:13), of_program(file, names, ['--columns 1 --dim 3 --delay 2 --threshold 0.4 ' ...
                                              '--convention crp --measures clustering,transitivity']));
    delete(file);
end

function pictures()
    file = [tempname() '.png'];
    rqa_plot(noise(50, 13), 'threshold', .1, 'file', file);
    opened = fopen(file);
    start = fread(opened, 4)';
    fclose(opened);
    assert(start, [137, 80, 78, 71]);
    refused('rqa:io', '.', @() rqa_plot(noise(50, 13), 'threshold', .1, 'file', file));
    rqa_plot(noise(50, 13), 'threshold', .1, 'file', file, 'overwrite', true);
    delete(file);
    try % as far as Octave can without a screen: with gnuplot and a font
        graphics_toolkit('gnuplot');
        f = figure('visible', 'off');
        axes();
    catch failure
        printf('skipped: figures, %s\n', failure.message);
        return
    end
    rqa_plot(noise(50, 13), 'threshold', .1, 'sampling_rate', 10);
    image_ = findobj(gca, 'type', 'image');
    assert(size(get(image_, 'cdata')), [50, 50]);
    assert(get(image_, 'xdata')([1, end]), [0, 4.9], 1e-12);
    assert(get(gca, 'ydir'), 'normal');
    close(f);
    f = figure('visible', 'off');
    crqa(noise(80, 13), 1, 1, .1, 30, 10);
    assert(numel(findobj(f, 'type', 'axes')), 6);
    close(f);
    refused('rqa:value', 'threshold is missing', @() rqa_plot(noise(9, 1)));
    text = evalc('crqa(noise(80, 13), 1, 1, .1)');
    assert(~isempty(regexp(text, 'DET +0\.\d+')) && ~isempty(strfind(text, 'Trans')));
end

% ---- Ctrl-C, and what stays ----

% In an Octave of its own, which a signal ends as Ctrl-C would: by the way of the interpreter's cleanup.
% While the job is being started, and while it is waited for.
function interrupt()
    for pause_ = {'.1', '2'}
        code = ['addpath(\"' getenv('RQA_TEST_MATLAB') '\");' ...
                'c = onCleanup(@() printf(\"cleaned, locked %d\n\", mislocked(\"rqa_mex\")));' ...
                'x = cos((1:1e7) .^ 1.3); rqa(1:9, \"threshold\", 1);' ...
                'system(sprintf(\"(sleep ' pause_{1} '; kill -INT %d) &\", getpid()));' ...
                'rqa(x, \"dim\", 3, \"threshold\", .1, \"threads\", 1); printf(\"not interrupted\n\");'];
        begin = tic();
        [~, text] = system(['octave-cli --no-gui --no-init-file --quiet --eval "' code '" 2>&1']);
        assert(isempty(strfind(text, 'not interrupted')));
        if isempty(strfind(text, 'cleaned, locked 0'))
            error('it said: %s', text);
        end
        assert(toc(begin) < 600); % of an hour
    end
end

function kb = memory()
    text = fileread('/proc/self/status');
    kb = sscanf(text(strfind(text, 'VmRSS:') + 6:end), '%d', 1);
end

% A kilobyte lost in each call would be 1.6 MB. Before the other tests, which leave room that hides it.
function memory_is_given_back()
    x = walk();
    for round_ = 1:2 % the first one fills what is kept
        before = memory();
        for k = 1:800
            rqa(x, 'threshold', .5);
            try
                rqa(x, 'threshold', -1);
            catch
            end
        end
    end
    if memory() - before > 250
        error('%d kB more after 1600 calls', memory() - before);
    end
end

function nothing_is_left()
    assert(~mislocked('rqa_mex'));
    id = rqa_mex('number');
    rqa_mex('start', id, 'analyze', noise(20000, 14), [], struct('threshold', .1));
    assert(mislocked('rqa_mex'));
    rqa_mex('close', id);
    assert(~mislocked('rqa_mex'));
    rqa_mex('start', rqa_mex('number'), 'analyze', noise(20000, 14), [], struct('threshold', .1)); % left to mexAtExit
end
