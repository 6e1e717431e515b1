#!/bin/sh
# planted_faults.sh SOURCE BUILD [short] - plants one fault after the other in a copy of a file of lib/, links it
# ahead of BUILD's librqa.a with the suite that must notice it, and expects that suite to fail. A fault
# that is not noticed is a hole in the tests. `short` plants a few that are noticed quickly, to keep this
# alive; without it the suites that are named below must be built (target check_programs).
#
# tests/gpu/mutations.sh does the same for cuda/. FAULT=text plants those alone whose line has this text.
set -eu
source=$1 build=$2 length=${3:-full}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CK_FORK=no CK_DEFAULT_TIMEOUT=300 CK_TIMEOUT_MULTIPLIER=10
export CK_FORK CK_DEFAULT_TIMEOUT CK_TIMEOUT_MULTIPLIER
limit=600
CC=${CC:-cc}
x86="-mavx2 -mbmi -mbmi2 -mpopcnt"
flags="-std=c11 -O2 -w -fPIC -ffp-contract=off -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DRQA_BUILDING
    -DRQA_PLUGIN_FOLDER=\"/nowhere\" -I$work/lib -I$source/lib -I$source/include $(pkg-config --cflags libxxhash libpng sqlite3)"
libraries="$(pkg-config --libs --static check) $(pkg-config --libs libpng sqlite3 zlib) -lm -ldl -pthread"

# links SUITE [OBJECT...]: the suite's program with these objects in place of the library's own.
links() {
    suite=$1
    shift
    objects=$(find "$build/tests/CMakeFiles/test_$suite.dir" -name '*.o')
    [ "$objects" ] || { echo "test_$suite is not built in $build" >&2; exit 2; }
    wraps=
    case $suite in looks) wraps=-Wl,--wrap=rqa__is_cancelled ;; esac
    # shellcheck disable=SC2086
    "$CC" $objects "$build/tests/librqa_test_support.a" "$@" "$build/lib/librqa.a" $libraries $wraps -o "$work/suite"
}

passes() {
    # Some suites look for files beside them. What the shell says of a crash goes to the log, too.
    (cd "$build/tests" && timeout "$limit" "$work/suite" || exit 1) >"$work/log" 2>&1
}

# Each suite once without a fault: what fails anyway notices nothing.
sound=
expect_sound() {
    case " $sound " in *" $1 "*) return 0 ;; esac
    links "$1"
    passes || { echo "test_$1 fails without a fault:" >&2; tail -n 5 "$work/log" >&2; exit 2; }
    sound="$sound $1"
}

# compile FILE OBJECT: a file of lib/, from the copy if it is there.
compile() {
    from=$source/lib/$1
    [ ! -e "$work/lib/$1" ] || from=$work/lib/$1
    more=
    case $1 in
    *_avx2.c) more=$x86 ;;
    *_avx512.c) more="$x86 -mavx512f -mavx512bw -mavx512dq -mavx512vl" ;;
    *_vbmi2.c) more="$x86 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vbmi2 -mgfni" ;;
    esac
    # shellcheck disable=SC2086
    "$CC" $flags $more -c "$from" -o "$2"
}

n_faults=0 caught=0 missed=0 stale=0
# fault NAME SUITE FILE SCRIPT [FILE...]: the sed script must change FILE; more files: those that include
# it, where it is a header.
fault() {
    name=$1 suite=$2 file=$3 script=$4
    shift 4
    case "$name $suite $file" in *"${FAULT:-}"*) ;; *) return 0 ;; esac
    n_faults=$((n_faults + 1))
    expect_sound "$suite"
    rm -rf "$work/lib" "$work"/*.o
    mkdir -p "$work/lib/$(dirname "$file")"
    sed -E "$script" "$source/lib/$file" >"$work/lib/$file"
    if cmp -s "$work/lib/$file" "$source/lib/$file"; then
        echo "OUT OF DATE  $name: '$script' changes nothing in $file"
        stale=$((stale + 1))
        return 0
    fi
    [ $# -gt 0 ] || set -- "$file"
    n_objects=0
    for each in "$@"; do
        n_objects=$((n_objects + 1))
        compile "$each" "$work/$n_objects.o" || { echo "'$script' does not compile" >&2; exit 2; }
    done
    links "$suite" "$work"/*.o
    if passes; then
        echo "NOT NOTICED  $name ($suite)"
        missed=$((missed + 1))
    else
        how=$(grep -m 1 -E ':[FE]:' "$work/log" | sed 's|^.*/||' | cut -c1-90)
        echo "caught       $name: ${how:-it did not come to its end}"
        caught=$((caught + 1))
    fi
}

# ---- quick ones ----
fault "a run over a seam of parts loses what came before it" parts lines/part_join.c \
    's/uint32_t run = left->tail \+ \(right->head & ~UINT32_C\(3\)\);/uint32_t run = right->head;/'
fault "border lines of the line of identity forgotten" border lines/border.c \
    's/gone \+= count_of\(&b->loi, length\);/;/'
fault "the mean distance counts a vector with itself" diameter backend/diameter.c \
    's/ - \(uint64_t\)\(p\.is_auto && n_x > 0\)\);/);/'
fault "a white line that ends at the border is an inner one" matrix_tally backend/matrix_tally.c \
    's/start == begin \|\| end == c->m->n_y/start == begin/'

if [ "$length" = full ]; then
    # ---- parts, border lines, lines of a matrix ----
    fault "parts: the last line of a column one cell too long" parts lines/part_join.c \
        's/lines->end\[k\] - start - 1;/lines->end[k] - start;/'
    fault "parts: diagonals of both triangles counted once" parts lines/part_join.c \
        's/lag != 0 \? 2 : 1/lag != 0 ? 1 : 1/'
    fault "border rules: semi-border lines taken the other way round" border backend/border_walk.c \
        's/if \(!w->rule->semi\)/if (w->rule->semi)/'
    fault "border rules: one triangle only" border backend/border_walk.c \
        's/length, w->mirrored \? 2 : 1\)/length, 1)/'
    fault "border rules: Censi's length is that of the shortest" border lines/border.c \
        's/rule->loi \? rule->loi : longest/1/'
    fault "lines of a matrix: the band of a Theiler window one row too wide" matrix_tally backend/matrix_tally.c \
        's/rqa__smaller\(i \+ \(size_t\)w, m->n_y\)/rqa__smaller(i + 1 + (size_t)w, m->n_y)/'
    fault "lines of a matrix: an absent row does not cut" matrix_tally backend/matrix_tally.c \
        's/while \(stop < end && !absent\[stop\]\)/while (stop < end)/'
    fault "lines of a matrix: its last words are lost" matrix_tally backend/engine_bits_given.c \
        's/out\[n\] = from\[n\] >> shift;/out[n] = 0;/'
    fault "lines of a matrix: blocks that differ are symmetric" matrix_count backend/matrix_count.c \
        's/return differ == 0;/return 1;/'
    fault "lines of a matrix: a column that moves by a row too many" matrix_count backend/engine_bits_given.c \
        's/t->n_words, \(unsigned\)r\);/t->n_words, (unsigned)(r ^ 1));/'

    # ---- measures ----
    fault "t1 without the gaps' own cells" brute measures/measures.c \
        's/points - lines \+ tally->gap_sum\)/points + tally->gap_sum)/'
    fault "the trend of RecurrenceAnalysis.jl is everybody's" brute measures/trend.c \
        's/\(double\)\(range->end - 1\) - julia\)/(double)(range->end - 1))/'
    fault "of equal counts the longest time is most probable" brute measures/measures.c \
        's/bin\[k\]\.count > most\.count/bin[k].count >= most.count/'
    fault "rpde divided by the logarithm of one more" cells measures/measures.c \
        's/longest \+ 1\) \/ rqa__ln_count\(longest\)/longest + 1) \/ rqa__ln_count(longest + 1)/'
    fault "blocks of one cell are blocks" cells measures/measures.c \
        's/areas->bin\[0\]\.length < 2/areas->bin[0].length < 1/'

    # ---- logarithms ----
    fault "logarithms: the lower half of a quotient is lost" logarithm base/logarithm.c \
        's/\(s\.low \+ s\.high \* rest\)/(s.high * rest)/'

    # ---- the engine of bits ----
    fault "bits: the 16-bit sums are believed too far" bits_filter backend/engine_bits_sums.c \
        's/const double g = 1\.002;/const double g = 0.05;/'
    fault "bits: a distance equal to the threshold is no recurrence" engine_bits backend/engine_bits_tile.c \
        's/return sum <= \(f->own/return sum < (f->own/'
    fault "bits: the Theiler window of a strip one too wide" engine_bits backend/engine_bits_plan.c \
        's/return nearest >= theiler;/return nearest > theiler;/'
    fault "bits: stretches of folded data touch" bits_filter backend/engine_bits_fold.c \
        's/\(sorted\[i - 1\] - last->low\) \+ gap;/(sorted[i - 1] - last->low);/'
    fault "bits: missing samples of the second joint series cut no white line" engine_bits backend/engine_bits_absent.c \
        's/a->x\[i\] \|= a->y\[i\];/;/'
    fault "bits: cells of the next row in the last word" engine_bits backend/engine_bits_input.c \
        's/clear_bits\(row, end > 0 \? \(size_t\)end : 0, 64 \* last\);/(void)last;/'

    # ---- lines counted by windows ----
    fault "windows of cells: first differences instead of second" engine_eroded backend/engine_bits_eroded_ends.c \
        's/windows\[n - 1\] - 2 \* windows\[n\] \+ windows\[n \+ 1\]/windows[n - 1] - windows[n]/'
    fault "windows of cells: a short run under way at the end of a row counts twice" engine_eroded \
        backend/engine_bits_eroded_ends.c 's/if \(levels > 0 && n < levels\)/if (0)/'
    fault "windows of cells: white runs at the border are inner ones" engine_eroded \
        backend/engine_bits_eroded_ends.c 's/if \(length > 0\) \{/if (0) {/'
    fault "windows of cells: the cells of the strip above are white" engine_eroded backend/engine_bits_eroded.c \
        's/row\[width \/ 64\] \|= above << width % 64;/;/'
    fault "windows of cells: the strip above is not where words end" engine_eroded backend/engine_bits_eroded.c \
        's/above >> \(64 - width % 64\)/above >> (63 - width % 64)/'

    # ---- the engine of tiles ----
    fault "tiles: missing columns are white in the band" engine_tiles backend/engine_tiles_band.c \
        's/w->cells\[k\] = lines & ~rqa__tiles_in_every_row\(run->absent_y\[column\]\);/w->cells[k] = lines;/'
    fault "tiles: a white run ends one cell before the removed band" engine_tiles backend/engine_tiles_band.c \
        's/\? \(uint32_t\)\(c \+ 1 - band\) : 0/? (uint32_t)(c - band) : 0/'
    fault "tiles: quiet tiles next to a change are left out" engine_tiles backend/engine_tiles_strip.c \
        's/\(none\[k\] \| any_above\) & \(empty_below << 1 \| white\)/(none[k] | any_above)/'
    fault "tiles: without columns, last rows are left stale" engine_tiles backend/engine_tiles_strip.c \
        's/w->stale\[k\] = .*;/w->stale[k] = 0;/'
    fault "tiles: rows of a cross matrix are boxed by the columns' series" engine_tiles backend/engine_tiles_field.c \
        's/\.row_low = distance->x->low/.row_low = distance->y->low/'
    fault "tiles: the sides of a cross matrix have centres of their own" engine_tiles backend/engine_tiles_field.c \
        's/of\[c\] = find_range\(given, n_sides, c\);/of[c] = find_range(given + n_sides - 1, 1, c);/'
    fault "tiles: differences that wrap come to less than a threshold" engine_tiles backend/engine_tiles_field.c \
        's/64000 \/ \(2 \* half \+ reach\)/32767 \/ half/'
    fault "tiles: diagonals that leave at the last columns are lost" engine_tiles backend/engine_tiles_layout.c \
        's/s\.n_columns = \(s\.n_y \+ 7\) \/ 8 \+ 1;/s.n_columns = s.n_y \/ 8 + 1;/'
    fault "tiles: points beyond the square of both series" engine_tiles backend/engine_tiles_strip.c \
        's/if \(r\.points && leaves_square\(run, l\)\)/if (0)/'
    fault "tiles: windows of a cross matrix on one side alone" engine_tiles backend/engine_tiles_plan.c \
        's/transposed\(right\.diagonal\),/right.diagonal,/'
    fault "tiles: a removed band is followed across" engine_tiles backend/engine_tiles_band.c \
        's/^        \*start = 0;$/        ;/'
    fault "tiles: the band of a row that ends with a strip is not left" engine_tiles backend/engine_tiles_band.c \
        's/rqa__smaller\(end, run->shape\.n_y\), &r->state/0, \&r->state/'
    fault "tiles: a joint tile is full where one distance is" engine_tiles backend/engine_tiles_look.c \
        's/both = words->full\[k\] & full\[k\]/both = words->full[k]/'
    fault "tiles: missing samples of the second joint series" engine_tiles backend/engine_tiles_field.c \
        's/task->skips && s->n_sides > 1/0/'

    # ---- a threshold from a rate ----
    fault "distances: tiles at the Theiler window are whole" distance_rank backend/distance_tiles.c \
        's/\(t->window \+ 14\) \/ 8/0/'
    fault "distances: tiles with missing vectors are whole" distance_rank backend/distance_tiles.c \
        's/in_row \? ~UINT64_C\(0\) : run->some_absent\[c->first \/ 64 \+ k\]/0/'
    fault "distances: the first tiles right of a wide window are left out" distance_rank \
        backend/distance_tiles.c 's/row \+ t->window \/ 8/row + t->window \/ 8 + 1/'
    fault "distances: the lower end of a band is taken for its upper one" distance_rank \
        backend/engine_tiles_field.c 's/distance->sure_bound\) \* \(1 - slack\)/distance->bound) * (1 - slack)/'
    fault "mean diameter: the square on the main diagonal goes to both sums" diameter backend/diameter.c \
        's/if \(i == j\)/if (0)/'

    # ---- the sweep ----
    fault "sweep: points of both triangles counted once" engine_sweep backend/engine_sweep_lines.c \
        's/job->mirrored && !is_identity \? 2 : 1/1/'
    fault "sweep: offsets one place on" square_offsets backend/engine_sweep_lines.c \
        's/side - 1 \+ j - i,/side - 1 + i - j,/'
    fault "sweep: floats are believed too far" engine_sweep backend/engine_sweep_filter.c \
        's/return error \* 1\.1/return error * 0.01/'
    fault "sweep: borders of white lines" engine_sweep backend/engine_sweep_lines.c \
        's/status = rqa__sweep_hist_drain\(border, 1\);/;/'

    # ---- neighbours ----
    fault "neighbours: ties by index count those at the same distance as nearer" neighbourhood backend/column_bounds.c \
        's/left -= nearest->distance\[c\] < d;/left -= nearest->distance[c] <= d;/'
    fault "neighbours: one too many" neighbourhood backend/column_bounds.c \
        's/rqa__select_double\(nearest->spare, n, k - nearest->n_nearer - 1\)/rqa__select_double(nearest->spare, n, k - nearest->n_nearer < n ? k - nearest->n_nearer : n - 1)/'
    fault "neighbours: a guess that was too near is taken" neighbourhood backend/column_nearest.c \
        's/const int too_far = \*n_nearer >= f->k;/const int too_far = 0;/'
    fault "adaptive neighbours: the other end of a link does not know of it" neighbourhood backend/adaptive_neighbours.c \
        's/mark_in_queue\(&l->queue\[e->row\], e->distance, \(uint32_t\)i\);/;/'
    fault "adaptive neighbours: of equal ones the last" neighbourhood backend/adaptive_neighbours.c \
        's/return x->row < y->row \? -1 : x->row > y->row;/return x->row > y->row ? -1 : x->row < y->row;/'
    fault "rates: with < the distance itself is given as the threshold" neighbourhood batch/rate_bounds.c \
        's/\? nextafter\(shown, INFINITY\) : shown;/? shown : shown;/'
    fault "rates: cells at the distance count as nearer" neighbourhood backend/distance_rank.c \
        's/less \+= s->found\[k\] < d;/less += s->found[k] <= d;/'

    # ---- rules on cells, what is read off cells ----
    fault "skeleton: the shortest line of a set stays" cell_rules backend/skeleton_sets.c \
        's/return a->length > b->length;/return a->length < b->length;/'
    fault "skeleton: lines that touch at their end are apart" cell_rules backend/skeleton_sets.c \
        's/first <= here->end; q\+\+/first < here->end; q++/'
    fault "directions: against each other instead of along" cell_rules backend/tangents.c \
        's/t->y\.length\[j\]\) - 1\)/t->y.length[j]) + 1)/'
    fault "first returns pass missing vectors" cells backend/first_returns.c 's/if \(r->absent\[at\]\)/if (0)/'
    fault "microstates: the first row alone may be missing" cells backend/microstates.c \
        's/k < row \+ m->size; k\+\+/k < row + 1; k++/'
    fault "profiles: lines within a word one cell too long" lag_profile backend/lag_counts.c \
        's/\(lmin - 1\) \* lines;/lmin * lines;/'
    fault "profiles: a line over a seam of pieces is two" lag_profile backend/lag_counts.c \
        's/close_run\(&sum, sum\.open \+ here->head, p->lmin\);/close_run(\&sum, sum.open, p->lmin), close_run(\&sum, here->head, p->lmin);/'
    fault "blocks: runs of a vector met once instead of each with each" cells batch/blocks.c \
        's/\(uint64_t\)n \* m\)/(uint64_t)n)/'

    # ---- kernels ----
    fault "kernels: squares are cut, not rounded" kernels_bits kernels/ref/bits_ref.c 's/\+ 0x4000u\)/+ 0u)/'
    fault "kernels: a run does not change its colour" engine_bits kernels/bits_lines_tpl.h \
        's/state\[\*position\] = now \+ 1 - \(run & 1\);/state[*position] = now + (run \& 1);/' \
        kernels/ref/bits_ref.c kernels/x86/bits_avx2.c

    # ---- windows ----
    fault "windows: single cells at the edge of the Theiler window" windows windows/window_lines.c \
        's/if \(plane && k >= plane->theiler\) \{/if (plane \&\& k > plane->theiler) {/'
    fault "windows: times end at the Theiler window" windows windows/window_lines.c \
        's/if \(times && k \+ 1 >= plane->theiler\)/if (times \&\& k >= plane->theiler + 1)/'
    fault "windows: a run that reaches the main diagonal stops before it" windows windows/window_lines.c \
        's/end = i - plane->theiler \+ 1;/end = i - plane->theiler;/'
    fault "streams: the first full window is not told" windows windows/stream.c \
        's/s->n_taken >= s->n_samples\)/s->n_taken > s->n_samples)/'

    # ---- identity of stored results ----
    fault "stores: 0 and -0 are other recordings" data data/content_hash.c 's/value \+= 0\.0;/;/'
    fault "stores: what kind of NaN is missing tells recordings apart" data data/content_hash.c \
        's/return missing;/;/'
    fault "stores: the shape of a recording is not in its hash" data data/content_hash.c \
        's/^    XXH3_128bits_update\(&state, shape, sizeof shape\);/    (void)shape;/'
    fault "stores: ties are no rule" batch_neighbourhood store/store_rules.c \
        's/append_rule\(&text, "ties", a->ties\);/;/'
    fault "stores: the Theiler window of columns is no rule" store store/store_rules.c \
        's/\(sqlite3_int64\)a->theiler_vertical, a->wmin/(sqlite3_int64)a->theiler_diagonal, a->wmin/'
    fault "stores: the length of a window is no rule" batch_windows store/store_rules.c \
        's/"%llu,%llu,%\.20s", \(unsigned long long\)a->window,/"%llu,%llu,%.20s", 1ULL,/'
    fault "shards: the first takes nothing" store batch/batch_plan.c \
        's/least \+ 1 == batch->job\.shard_index/least == batch->job.shard_index/'

    # ---- thresholds ----
    fault "thresholds: what recordings are scaled by is forgotten" range batch/threshold_scale.c \
        's/ldexp\(threshold \* unit\.size, unit\.exponent\)/ldexp(threshold * unit.size, 0)/'
    fault "thresholds: the standard deviation of the first series for both" brute batch/threshold_scale.c \
        's/std_of\(y, &unit_y->size\)/std_of(x, \&unit_y->size)/'
    fault "thresholds: the largest distance of the first series for both" brute batch/threshold_scale.c \
        's/pairs\.x = pairs\.y = &task->y;/;/'
    fault "z-scores: n and n - 1 exchanged" data data/series_scale.c \
        's/RQA_NORMALIZATION_ZSCORE \? 1 : 0/RQA_NORMALIZATION_ZSCORE ? 0 : 1/'

    # ---- surrogates, tests, samples ----
    fault "phases turned by half of a rotation" significance resample/randomise.c \
        's/was_re \* im \+ was_im \* re;/was_re * im - was_im * re;/'
    fault "twins nearer than they may be" resample resample/twin_path.c \
        's/\(uint64_t\)vector \+ t->min_distance \+ 1\)/(uint64_t)vector + t->min_distance)/'
    fault "binomial draws: who drew 1 where the digit is 0 stays" resample resample/multinomial.c \
        's/n -= ones;/;/'
    fault "two-sided p from ranks with ties on both sides" significance batch/surrogate_test.c \
        's/2 \* fmin\(r\.p, below\)/2 * fmin(r.p, r.p_less)/'
    fault "one-sided p without the recording itself" significance batch/surrogate_test.c \
        's/r\.p_less = \(1 \+ \(double\)n_at_most\)/r.p_less = ((double)n_at_most)/'
    fault "samples: cells of the Theiler window count" sampling sampling/line_sample.c \
        's/c->n_cells \+= counts;/c->n_cells += 1;/'
    fault "samples: blocks reach into the Theiler window" sampling sampling/block_sample.c \
        's/draws->theiler \? draws->theiler \+ beyond : 0/draws->theiler/'
    fault "permutations: every place drawn from all" resample resample/generator.c \
        's/rqa__generator_below\(g, k\);/rqa__generator_below(g, n);/'
    fault "bootstrap: copies of lines in the other triangle drawn too" significance batch/line_bootstrap.c \
        's|count / 2 \+ count % 2 : count|count : count|'

    # ---- suggestions, networks ----
    fault "false neighbours by the new coordinate alone" suggest explore/false_neighbours.c \
        's/sqrt\(r \* r \+ square\)/sqrt(square)/'
    fault "false neighbours: a neighbour at distance 0 is never false" suggest explore/false_neighbours.c \
        's/: dx > 0;/: 0;/'
    fault "neighbours of all pairs: of equally near ones the last" near_sweep explore/near_sweep.c \
        's/j >= s->index\[place\]\)/j <= s->index[place])/'
    fault "neighbours of all pairs: those within the exclusion" near_sweep explore/near_sweep.c \
        's/first > exclusion \? first : exclusion/first/'
    fault "neighbours of all pairs: whole numbers are believed too far" near_sweep explore/near_sweep.c \
        's/span \+ 3, MOST_SPAN/span, MOST_SPAN/'
    fault "bins of mutual information rounded up" suggest explore/mutual_information.c \
        's/most > least \? floor\(/most > least ? ceil(/'
    fault "one dim more than false neighbours say" suggest explore/suggestion_picks.c \
        '0,/return m \+ 1;/s//return m + 2;/'
    fault "triangles of one end of an edge" network network/graph_triangles.c 's/if \(at_j\[r\]\)/if (0)/'
    fault "paths: every vertex is one step away" network network/graph_paths.c \
        's/found\.sum \+= distance \* n_frontier;/found.sum += n_frontier;/'
fi

echo "$caught of $n_faults caught, $missed not noticed, $stale out of date"
[ "$caught" = "$n_faults" ]
