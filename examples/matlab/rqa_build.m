function rqa_build(varargin)
%RQA_BUILD   Compiles the MEX file, in the folder of this file.
%    RQA_BUILD uses the librqa that pkg-config finds. RQA_BUILD(INCLUDE, LIB)
%    uses the headers in the folder INCLUDE and librqa.so in the folder LIB.
%    In Octave by mkoctfile, in MATLAB by mex (untested there).
%
%    Example:
%       rqa_build('/usr/local/include', '/usr/local/lib')
    here = fileparts(mfilename('fullpath'));
    support = fullfile(here, '..', 'support');
    if ~exist(fullfile(support, 'host_job.c'), 'file')
        support = here; % copied beside it
    end
    if nargin == 2
        include = varargin{1};
        lib = varargin{2};
    elseif nargin == 0
        include = ask('includedir');
        lib = ask('libdir');
    else
        error('rqa:value', 'rqa_build takes no folders, or two: of the headers and of librqa');
    end
    sources = {fullfile(here, 'rqa_mex.c'), fullfile(support, 'host_job.c'), ...
               fullfile(support, 'host_names.c'), fullfile(support, 'host_request.c')};
    flags = [sources, {['-I' include], ['-I' support], ['-L' lib], '-lrqa'}];
    if exist('OCTAVE_VERSION', 'builtin')
        before = cd(here);
        cleaner = onCleanup(@() cd(before));
        work = tempname();
        mkdir(work);
        cd(work); % where its objects go
        [output, status] = mkoctfile('--mex', '-o', fullfile(here, 'rqa_mex.mex'), flags{:}, ...
                                     ['-Wl,-rpath,' lib]);
        cd(here);
        confirm_recursive_rmdir(false, 'local');
        rmdir(work, 's');
        if status ~= 0
            error('rqa:build', 'rqa_build: mkoctfile failed:\n%s', output);
        end
    else
        mex('-outdir', here, ['LDFLAGS=$LDFLAGS -Wl,-rpath,' lib], flags{:}); %#ok<MEXOUT>
    end
end

function folder = ask(variable)
    [status, folder] = system(['pkg-config --variable=' variable ' rqa']);
    folder = strtrim(folder);
    if status ~= 0 || isempty(folder)
        error('rqa:build', ['rqa_build: pkg-config finds no librqa; install it, set ' ...
                            'PKG_CONFIG_PATH, or call rqa_build(INCLUDE, LIB)']);
    end
end
