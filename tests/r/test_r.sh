#!/bin/sh
# test_r.sh check|pkg-config|bundle SOURCE BUILD LIBRQA PROGRAM - the R package, in a library of its own
# and an environment without anything else:
#   check       R CMD check of the package, with its tests, against the librqa of this build
#   pkg-config  installed against a librqa that pkg-config finds
#   bundle      installed from its tarball alone, where there is no librqa: it is built on the way
# Exit 77, with the reason, where R or what it needs is missing.
set -eu
what=$1 source=$2 build=$3 librqa=$4 program=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
    echo "skipped: $*"
    exit 77
}

command -v R >/dev/null || skip "no R (Debian: r-base-core, r-base-dev)"
R CMD config CC >/dev/null 2>&1 && [ -f "$(R RHOME)/etc/Makeconf" ] ||
    skip "R cannot compile packages (Debian: r-base-dev)"

# clean COMMAND...: in an environment of a path, a home and these.
clean() {
    mkdir -p "$work/home" "$work/library"
    env -i PATH="$PATH" HOME="$work/home" TMPDIR="$work" LANG=C.UTF-8 R_LIBS_USER="$work/library" \
        "$@"
}

computes() {
    clean Rscript -e '
        library(rqa)
        r <- rqa(c(.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3), dim = 2, delay = 2,
                 threshold = .65)
        stopifnot(all.equal(r$det, 14 / 34), rqa_version()$library == rqa_version()$headers)
        cat("det", r$det, "by librqa", rqa_version()$library, "\n")'
}

cd "$work"
case $what in
check)
    clean Rscript -e 'library(testthat)' >/dev/null 2>&1 || skip "no testthat (Debian: r-cran-testthat)"
    RQA_BUNDLE=none sh "$source/examples/r/make_package.sh" . >build.log || { cat build.log; exit 1; }
    folder=$(dirname "$librqa")
    # Neither a network nor the clock of another machine is asked.
    clean RQA_CFLAGS="-I$source/include" RQA_LIBS="-L$folder -lrqa -Wl,-rpath,$folder" \
        RQA_TEST_PROGRAM="$program" NOT_CRAN=true _R_CHECK_SYSTEM_CLOCK_=0 \
        R CMD check --no-manual rqa_*.tar.gz >check.log 2>&1 || {
        tail -n 60 check.log
        exit 1
    }
    grep -h 'FAIL' rqa.Rcheck/tests/testthat.Rout || true
    tail -n 4 check.log
    grep -q '^Status: OK$' check.log || { cat check.log; exit 1; }
    ;;
pkg-config)
    command -v pkg-config >/dev/null || skip "no pkg-config"
    for component in library development; do
        cmake --install "$build" --prefix "$work/prefix" --component $component >/dev/null
    done
    folder=$(dirname "$(find "$work/prefix" -name rqa.pc)")
    RQA_BUNDLE=none sh "$source/examples/r/make_package.sh" . >build.log || { cat build.log; exit 1; }
    clean PKG_CONFIG_PATH="$folder" R CMD INSTALL rqa_*.tar.gz >install.log 2>&1 || {
        tail -n 30 install.log
        exit 1
    }
    grep '^rqa: librqa is installed in' install.log
    computes
    # The older one says what to do.
    clean PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$work" R CMD INSTALL rqa_*.tar.gz >install.log 2>&1 && exit 1
    grep '^rqa: there is no librqa here' install.log
    ;;
bundle)
    command -v cmake >/dev/null || skip "no CMake"
    before=$(cd "$source/examples/r" && find . | sort)
    sh "$source/examples/r/make_package.sh" . >build.log || { cat build.log; exit 1; }
    clean RQA_BUNDLE=yes R CMD INSTALL rqa_*.tar.gz >install.log 2>&1 || {
        tail -n 30 install.log
        exit 1
    }
    grep '^rqa: librqa is built from' install.log
    computes
    after=$(cd "$source/examples/r" && find . | sort)
    [ "$before" = "$after" ] || { echo "something was left in examples/r"; exit 1; }
    ;;
esac
