#!/bin/sh
# mutations.sh SOURCE TEST_DEVICE TEST_PARTS [short|products|guest|room|bundles|boxes|lags] - plants one bug after the
# other in a copy of cuda/*.cu, builds it for the emulator and expects TEST_DEVICE or TEST_PARTS (the
# programs of the device's tests) to fail. A bug that is not noticed is a hole in the tests. `short`
# plants every third, the other words those of one kind.
#
# Bugs in the matrix products are shown to TEST_DEVICE_products, with fake_cublas.so beside it; those
# that a host notices which uses CUDA itself to TEST_DEVICE_guest, of memory to its case `room`; those of
# the order of bundles to TEST_DEVICE_bundles; of boxes and of many short runs to TEST_DEVICE_boxes; of the
# maximum norm by lags to TEST_DEVICE_lags.
#
# A data race has no effect where threads run one after another: the bugs marked `race` are built
# with ThreadSanitizer, which must speak; they are left out where the compiler has none.
set -eu
source=$1 test_device=$2 test_parts=$3 length=${4:-full}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
emulator=$source/tests/cuda_emulator
flags="-std=c++17 -O1 -ffp-contract=off -fPIC -fvisibility=hidden -w -I$emulator/include
    -I$source/include -I$source/tests/support"
CXX=${CXX:-g++}
CK_FORK=no
RQA_TEST_DRAWS=${RQA_TEST_DRAWS:-60}
RQA_TEST_CUBLAS=${RQA_TEST_CUBLAS:-$(dirname "$test_device")/fake_cublas.so}
RQA_CUBLAS_PATH=$RQA_TEST_CUBLAS
RQA_TEST_CUBLAS_HOST=${RQA_TEST_CUBLAS_HOST:-$(dirname "$test_device")/cublas_12/libcublas.so.12}
LD_LIBRARY_PATH=$(dirname "$test_device")/cublas_13${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
RQA_EMULATOR_WRITTEN=1
export CK_FORK RQA_TEST_DRAWS RQA_TEST_CUBLAS RQA_CUBLAS_PATH RQA_TEST_CUBLAS_HOST LD_LIBRARY_PATH
export RQA_EMULATOR_WRITTEN

# build FOLDER FLAGS...: everything once; FOLDER/cuda holds the sources.
build() {
    folder=$1
    shift
    for file in "$emulator"/*.cpp; do
        object=$folder/$(basename "$file" .cpp).o
        # The scheduler's own bookkeeping is no part of the program under test.
        case "$* $file" in
        *=thread*_block.cpp | *=thread*_fiber.cpp | *=thread*_lanes.cpp | *=thread*_shared.cpp)
            own=-fno-sanitize=thread ;;
        *) own= ;;
        esac
        # shellcheck disable=SC2086
        [ -e "$object" ] || "$CXX" $flags "$@" $own -c "$file" -o "$object"
    done
    for file in "$folder"/cuda/*.cu; do
        object=$folder/$(basename "$file" .cu).o
        # shellcheck disable=SC2086
        [ "$object" -nt "$file" ] || "$CXX" -x c++ $flags "$@" -DRQA_CUDA_EMULATOR \
            -I"$folder/cuda" -c "$file" -o "$object"
    done
    "$CXX" -shared "$@" "$folder"/*.o -o "$folder/plugin.so" -pthread
}

# passes FOLDER [products|guest|room|bundles|boxes|lags]: the tests with its plugin, lanes in both orders; first those that
# are quick to fail.
passes() {
    for order in forward reverse; do
        for part in ${2:-races parts tallies}; do
            program=$test_device only=$part draws=$RQA_TEST_DRAWS
            # Of parts, lines that end before removed cells are rare.
            [ $part = parts ] && program=$test_parts draws=$((4 * draws))
            [ $part = products ] && program=${test_device}_products only=tallies
            case $part in guest | room) program=${test_device}_guest ;; esac
            case $part in bundles | boxes | lags) program=${test_device}_$part ;; esac
            RQA_TEST_EMULATED=$1/plugin.so RQA_EMULATOR_ORDER=$order CK_RUN_CASE=$only RQA_TEST_DRAWS=$draws \
                timeout 300 "$program" >"$1/log" 2>&1 || return 1
        done
    done
}

mkdir -p "$work/plain/cuda"
cp "$source"/cuda/*.cu "$source"/cuda/*.h "$work/plain/cuda/"
build "$work/plain"
for part in "" products guest room bundles boxes lags; do
    case $length in full | short | "$part") ;; *) continue ;; esac
    passes "$work/plain" "$part" || {
        echo "without a bug the test fails:" >&2
        tail -n 5 "$work/plain/log" >&2
        exit 1
    }
done

# plant FILE SCRIPT: edits the copy in $folder, which must change.
plant() {
    sed -E "$2" "$source/cuda/$1" >"$work/mutant"
    if cmp -s "$work/mutant" "$source/cuda/$1"; then
        echo "'$2' changes nothing in $1" >&2
        exit 2
    fi
    sleep 1 # newer than its object, on every file system
    cp "$work/mutant" "$folder/cuda/$1"
    case $1 in *.h) touch "$folder"/cuda/*.cu ;; esac
}

number=0 caught=0 missed=0
# bug NAME FILE SCRIPT [products|guest|room|bundles|boxes|lags]
bug() {
    number=$((number + 1))
    case $length in
    full) ;;
    short) [ $((number % 3)) = 1 ] || return 0 ;;
    *) [ "$length" = "${4:-}" ] || return 0 ;;
    esac
    folder=$work/plain
    plant "$2" "$3"
    build "$folder"
    if passes "$folder" "${4:-}"; then
        echo "NOT NOTICED  $1"
        missed=$((missed + 1))
    else
        how=$(grep -m 1 -E ':[FE]:|rqa emulator' "$folder/log" | sed 's|^.*/||' | cut -c1-80)
        echo "caught       $1: ${how:-it did not come to its end}"
        caught=$((caught + 1))
    fi
    sleep 1
    cp "$source/cuda/$2" "$folder/cuda/$2"
    case $2 in *.h) touch "$folder"/cuda/*.cu ;; esac
}

# speaks FOLDER: whether ThreadSanitizer finds a race there.
speaks() {
    ! RQA_TEST_DRAWS=4 CK_RUN_CASE=races LD_PRELOAD=$runtime TSAN_OPTIONS=halt_on_error=1 \
        RQA_TEST_EMULATED=$1/plugin.so timeout 300 "$test_device" >"$1/log" 2>&1
}

# race NAME FILE SCRIPT: under ThreadSanitizer, which is silent without the bug.
race() {
    number=$((number + 1))
    [ "$length" = full ] || return 0
    folder=$work/race
    runtime=$("$CXX" -print-file-name=libtsan.so)
    [ -e "$runtime" ] || { echo "left out     $1: no ThreadSanitizer"; return 0; }
    mkdir -p "$folder/cuda"
    cp "$source"/cuda/*.cu "$source"/cuda/*.h "$folder/cuda/"
    if [ ! -e "$folder/log" ]; then
        build "$folder" -fsanitize=thread -DRQA_EMULATOR_TSAN
        if speaks "$folder"; then
            echo "without a bug ThreadSanitizer speaks:" >&2
            tail -n 5 "$folder/log" >&2
            exit 1
        fi
    fi
    plant "$2" "$3"
    build "$folder" -fsanitize=thread -DRQA_EMULATOR_TSAN
    if speaks "$folder"; then
        echo "caught       $1: $(grep -m 1 -E 'WARNING: Thread|:[FE]:' "$folder/log" | cut -c1-110)"
        caught=$((caught + 1))
    else
        echo "NOT NOTICED  $1"
        missed=$((missed + 1))
    fi
}

bits=bits_kernel.cu walk=walk_kernel.cu
bug "no barrier between staging and reading" $bits '/^        stage\(\(float/{n;d}'
bug "no barrier before staging again" $bits '0,/^        __syncwarp/{/^        __syncwarp/d}'
bug "cells beyond the end of a line" $walk 's/\(valid << 1 \| was_valid\)\)\) & cells;/(valid << 1 | was_valid)));/'
bug "a missing sample of the same sign on both sides" $bits 's/f\.step_delay, -INFINITY/f.step_delay, INFINITY/'
bug "the second field of a joint matrix ignored" $bits 's/word\[g\] &= decide\(sum, group\.field\[1\], g, column, s, word\[g\]\);/;/'
bug "bits of one threshold for all" $bits 's/to\[g \* plane\] = word\[g\]/to[g * plane] = word[0]/'
bug "the tile on the main diagonal left out" $bits 's/s = first_column;/s = first_column + 32;/'
bug "the filter believes itself too far" near.cu 's/\*margin = nextafterf\(\(float\)reach, INFINITY\)/*margin = 0/'
bug "a bound on a grid is not half a step above its values" near.cu 's/ldexp\(k \+ 0\.5/ldexp(k/'
bug "sums of too many steps pass for exact" near.cu 's/most = 0x1p23, terms/most = 0x1p26, terms/'
bug "a sample beside the grid passes for one on it" near.cu 's/step != rint\(step\)/0/'
bug "a sample that vanishes passes for one on the grid" near.cu 's/ \|\| \(step == 0 \&\& sample != 0\)//'
bug "a word's first run begins with the white one before" $walk 's/run->colour == COLOUR_BLACK \? s - run->start : 0;/s - run->start;/'
bug "a segment's first run is an inner one" $walk 's/COLOUR_BLACK \? ends - 1 : ends;/COLOUR_BLACK ? ends : ends;/'
bug "inner words of other segments" $walk 's/inner\.from <= inner\.span/inner.from <= inner.span + 32/'
bug "tiles are empty that are not" tile.h 's/if \(!__any_sync\(0xffffffffu, word != 0\)\)/if (!__any_sync(0xffffffffu, word > 1))/'
bug "a box of half as many samples" near.cu 's/half < NEAR_BOX/half < NEAR_BOX \/ 2/' boxes
bug "a missing sample is in no box" near.cu 's/isnan\(near\[i\]\) \? INFINITY/isnan(near[i]) ? -INFINITY/' boxes
bug "a tile at the bound passes for empty" $bits 's/least >= 0 \&\& least > margin/least >= 0/' boxes
bug "a tile at the bound passes for full" $bits 's/most < 0 \&\& -most > margin/most < 0/' boxes
bug "boxes that overlap have a gap" $bits 's/b - a_most, a - b_most/b_most - a, a - b_most/' boxes
bug "boxes reach to one side only" $bits 's/fmaxf\(b_most - a, a_most - b\)/b_most - a/' boxes
bug "boxes of both sides have one delay" $bits 's/y\.channel : y\.lag/y.channel : x.lag/' boxes
bug "boxes of the first channel for all" $bits 's/x\.channel : x\.lag/0 : x.lag/' boxes
bug "a tile goes by another's verdict" $bits 's/\(int\)\(n % 32\)/(int)(n % 31)/' boxes
bug "32 tiles are looked at for all" $bits 's/if \(n % 32 == 0\)/if (n == 0)/' boxes
bug "a tile is full where one field's is" $bits 's/\(some \& ~other\.full\) << TILE_OPEN_OTHER/0/' boxes
bug "a tile's verdict on one threshold for all" $bits 's/has_threshold\(tile, TILE_SOME, g\)/has_threshold(tile, TILE_SOME, 0)/' boxes
bug "short runs are a cell longer" walk_short.h 's/black << \(k \+ 1\)/black << k/'
bug "short runs of one side of the matrix only" walk_short.h 's/n \* c\.weight\)/n)/'
bug "short runs are forgotten in the end" $walk 's/give_short\(counter, shorts\);/;/'
bug "short runs overflow" walk_short.h 's/0x80808080u;/0;/' boxes
bug "short runs are counted again" walk_short.h 's/\*shorts = 0;/;/' boxes
bug "counters not cleared" $walk 's/near\[k\] = 0;/;/'
bug "no barrier between clearing and counting" $walk '0,/^    __syncthreads/{/^    __syncthreads/d}'
bug "no barrier before the counters are added up" $walk '/^    __syncthreads\(\);$/{N;/flush/s/__syncthreads\(\);//}'
bug "tiles not transposed below the main diagonal" $walk 's/return transpose\(band_word\(plane, first_line >> 5, row\)\)/return band_word(plane, first_line >> 5, row)/'
bug "diagonals not skewed" $walk 's/__funnelshift_r\(low, high, lane\)/__funnelshift_r(low, high, 0)/'
bug "wrong mask in the transposition" tile.h 's/mask \^= mask << \(k >> 1\)/mask ^= mask << k/'
bug "Theiler band of columns one too wide" $walk 's/middle - reach \+ 1/middle - reach/'
bug "Theiler window of diagonals one too wide" $walk 's/distance_from_main\(pass, line\) < pass\.theiler\)/distance_from_main(pass, line) <= pass.theiler)/'
bug "Theiler window of points one too narrow" $walk 's/line\) >= group\.theiler_points/line) + 1 >= group.theiler_points/'
bug "unclipped segment" walk_lines.h 's/r\.to = r\.end < band\.end \? r\.end : band\.end;/r.to = band.end;/'
bug "one side of the matrix only" walk_lines.h 's/> 0 \? pass\.weight : 1/> 0 ? 1 : 1/'
bug "carry: the tail's start off by one" walk_lines.h 's/first \+ length - \(s\.tail >> 2\)/first + length - (s.tail >> 2) + 1/'
bug "carry: a run that goes on is closed" walk_lines.h 's/if \(colour != line->colour\)/if (1)/'
bug "carry: the last line is forgotten between bands" join_kernel.cu 's/state\.last = carried\[STATE_LAST \* row\];/state.last = LINE_NONE;/'
bug "segments of a line in one slot" walk_lines.h 's/\(\(size_t\)slot \* group/((size_t)0 * group/'
bug "white runs at the upper border are inner ones" walk_lines.h 's/line\.start == begin \|\| //'
bug "classes of a histogram out of place" join_kernel.cu 's/\(1u << lane\) - 1/(2u << lane) - 1/'
bug "tallies not cleared" bundle_upload.cu 's/cudaMemsetAsync\(b->set->arena, 0/cudaMemsetAsync(b->set->arena, 1/'
bug "part: the first run of a piece does not grow" join_kernel.cu 's/piece->head = run << 2 \| colour;/;/'
bug "part: a vertical line that begins at a seam has no start" join_kernel.cu 's/piece_starts\(c, piece, first, was_cut\);/;/'
bug "times go on behind removed cells" $walk '/no_next_line/{n;s/last = //}'
bug "a start behind removed cells is the first" $walk 's/cut = 1;/cut = 0;/'
bug "the last line before removed cells is forgotten" walk_lines.h 's/else if \(is_cut\)/else if (0)/'
bug "a white band is removed" $walk 's/pass\.band_is_white \? 0xffffffffu : kept/kept/'
bug "part: a line that ends before removed cells has none" join_kernel.cu 's/else if \(cuts\)/else if (0)/'
bug "part: the last band goes beyond it" bundle_band.cu 's/b->part\.end \? b->part\.end : UINT32_MAX/UINT32_MAX/'
bug "part: columns behind it left out" bundle_band.cu 's/triangle \&\& line < g->n_x/triangle \&\& line < g->x_end/'
bug "products believe themselves too far" products.cu 's/\(2 \* \(double\)n \* unit/0.125 \* (2 * (double)n * unit/' products
bug "products of the portion before are forgotten" products_band.cu 's/\(int\)some, k > 0\)/(int)some, 0)/' products
bug "a missing sample is no end of a vector" products_kernel.cu 's/sum = INFINITY;/sum += 0;/' products
bug "products of uncentred samples" products.cu 's/p->centre\[p->n_centres \+ c\] = centre;/p->centre[p->n_centres + c] = 0;/' products
bug "half of the last bin is nobody's" join_kernel.cu 's/job\.size \+ job\.size % 2/job.size/'
bug "the caller's context is not given back" caller_context.cu '/::~caller_context/,/^}/s/\(void\)set\(theirs\);/;/' guest
bug "the sink finds the plugin's context" caller_context.cu '/::lend/,/^}/s/\(void\)set\(theirs\);/;/' guest
bug "the sink's context stays" caller_context.cu '/::take_back/,/^}/s/\(void\)set\(ours\);/;/' guest
bug "the context that the sink has left is forgotten" caller_context.cu 's/get \&\& !get\(\&theirs\)/get/' guest
bug "a list makes contexts" device.cu 's/ \&\& is_open\(index\)//' guest
bug "a processor waits" device.cu 's/cudaEventBlockingSync \| //' guest
bug "the limit of the first run stays" bundle_run.cu 's/status = device_measure\(s->device\)/status = s->device->memory_limit ? RQA_OK : device_measure(s->device)/' room
bug "the limit leaves out what the device holds" device_memory.cu 's/\+ \(double\)held//' room
bug "refused once is refused" bundle_run.cu 's/portion->n_halved < MOST_HALVED/0/' room
bug "an idle context keeps its memory" bundle_run.cu 's/^    device_rest\(device\);//' room
bug "a bundle waits until the one before is read out" bundle_run.cu 's/return !s->alone \&\& fits/return 0 \&\& fits/' bundles
bug "two bundles in one place" bundle_run.cu 's/before \&\& before->set == device->set/0/' bundles
bug "each of two bundles takes the whole limit" bundle_run.cu 's|return whole_limit\(s\) / 2 \+ .*|return whole_limit(s);|' bundles
bug "a run's blocks stay beside another's" bundle_run.cu 's/^    if \(!before \&\& !fits/    if (0 \&\& !fits/' bundles
bug "a large block is kept for small bundles" bundle_run.cu 's/^    if \(!fits\(s, b->set->arena_size/    if (0 \&\& !fits(s, b->set->arena_size/' bundles
bug "what was begun goes on behind a run's end" bundle_run.cu 's/if \(status \&\& !device->failed\)/if (0)/' bundles
bug "the run goes on behind a bundle that had no memory" bundle_run.cu 's/^    s->at = b->begin;//' bundles
bug "kernels do not wait for their jobs" bundle_band.cu '/cudaMemcpyHostToDevice, device->copies/{n;N;s/.*//}' bundles
bug "a band is not waited for" bundle_band.cu 's/error = cudaEventSynchronize\(b->set->event\[EVENT_JOIN\]\)/error = cudaSuccess/' bundles
bug "cells decided again take no time" bundle_plan.cu 's/coordinates \* b->device->double_cost/0/' guest
lags=lags.cu kernel=lags_kernel.cu
bug "lags are not shifted" $kernel 's/__funnelshift_r\(cells\[q\], cells\[q \+ 1\], row\)/cells[q]/' lags
bug "a lag begins at the word before" $kernel 's/row \/ 32\) \* n_rows/(row - 1) \/ 32) * n_rows/' lags
bug "the last lag is left out" $kernel 's/end = link\.to\[f\];/end = link.to[f] - 1;/' lags
bug "lags of columns are those of cells" $kernel 's/k \* source\.lane_delay/k * source.step_delay/' lags
bug "the second system of a joint matrix has no lags" $kernel 's/f < chain\.n_fields/f < 1/' lags
bug "lags of the first threshold for all" $kernel 's/threshold \* source\.plane/0 * source.plane/' lags
bug "tiles on the main diagonal as they are" $kernel 's/word\[0\] = mirrored\(word\[0\]\);/;/' lags
bug "the side that is not known is mirrored" $kernel 's/word & 0xffffffffu << \(threadIdx\.x & 31\)/word/' lags
bug "words behind a group's last are written" $kernel 's/job\.end < n_y \? job\.end : n_y/job.end/' lags
bug "a group goes on where it has no columns" $kernel 's/first_column >= n_x \|\| s >= n_y/s >= n_y/' lags
bug "the columns behind a band are not decided" lags_place.cu 's/base->x_end\) \+ plane->behind, plane->n_x/base->x_end), plane->n_x/' lags
bug "a plane reaches as far as the first dim" $lags 's/larger\(plane->n_y, /larger(plane->n_y ? 0 : /;s/n_y \? 0 : g->n_y/n_y, plane->n_y ? 0 : g->n_y/' lags
bug "a plane has no room for what lies behind" lags_place.cu 's/smaller\(b->band \+ plane->behind, most\)/smaller(b->band, most)/' lags
bug "bounds of one dim for all" $lags 's/if \(memcmp\(bounds_of/if (0 \&\& memcmp(bounds_of/' lags
bug "bounds of one system for both" $lags 's/\(field \? task->bounds_y : task->bounds\)/task->bounds/' lags
bug "another series' samples" $lags 's/if \(!same_samples\(b, g, other\)\)/if (0)/' lags
bug "a task continues another's lags" $lags 's/if \(last->at\.task != g->at\.task\)/if (0)/;s/return g->at\.task == other->at\.task;/return 1;/' lags
bug "lags are taken of a dim that is the base" $lags 's/has_one_lag\(b, last\) \? 0 : lags_in/lags_in/' lags
bug "single samples are vectors" bundle_upload.cu 's/fill_field\(&w->field\[0\], b, g, f, 1\)/fill_field(\&w->field[0], b, g, f, 2)/' lags
bug "the base of a dim has its own words" bundle_upload.cu 's/lags_is_base\(b, g\) \? lags_of\(b, g\)->plane\[0\]\.n_words : g->n_words/g->n_words/' lags
bug "lags that pay are not taken" $lags 's/costs\[k\]\.by_lags < worth/costs[k].by_lags < 0.1 * worth/' lags
bug "memory that lags have no use for is taken" bundle_plan.cu 's/b->size \+ device->products\.gemm\.bytes <= device->limit\)/1)/' lags
bug "what lies behind may take all memory" $lags 's/<= b->device->limit \/ 8/<= UINT64_MAX/' lags
bug "another cuBLAS beside the host's" gemm_library.cu 's/RTLD_LOCAL \| RTLD_NOLOAD/RTLD_LOCAL/' guest
race "points added without an atomic" $walk 's/atomicAdd\(shared_points, \(walk_count\)points \* line_weight\(pass, line\)\)/*shared_points += (walk_count)points * line_weight(pass, line)/'
race "runs of few cells added without an atomic" walk_short.h 's/atomicAdd\(\&c\.near\[NEAR_BLACK \* c\.n_near \+ k\], n \* c\.weight\)/c.near[NEAR_BLACK * c.n_near + k] += n * c.weight/'
race "short runs added without an atomic" walk_lines.h 's/atomicAdd\(&c\.near\[near_kind \* c\.n_near \+ length\], c\.weight\)/c.near[near_kind * c.n_near + length] += c.weight/'

echo "$caught caught, $missed not noticed"
[ "$missed" = 0 ]
