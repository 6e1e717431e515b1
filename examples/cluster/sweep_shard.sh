#!/bin/sh
# sweep_shard.sh - one task of a job array: computes its shard of a sweep into a store of its own;
# the task that ends last joins the stores.
#
#   sbatch --array=1-8 sweep_shard.sh FOLDER INPUT... --dim 1:10 --threshold 0.05:0.10:0.001 ...
#
# What follows FOLDER is given to rqa sweep as it is. FOLDER gets shard-K.sqlite, shard-K.log and at
# the end all.sqlite. A task that was killed is simply started again: it goes on where it stopped.
#
# Without Slurm:  SHARD=2/8 sh sweep_shard.sh FOLDER INPUT... in as many processes, on as many
# machines as you like, as long as they share FOLDER.
#
# RQA=PROGRAM  the program, default rqa
#SBATCH --cpus-per-task=4
set -eu
rqa=${RQA:-rqa}

if [ -n "${SHARD:-}" ]; then
    k=${SHARD%/*} n=${SHARD#*/}
elif [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    # Arrays may begin at any number: --array=0-7 as well as 1-8.
    n=$SLURM_ARRAY_TASK_COUNT
    k=$((SLURM_ARRAY_TASK_ID - ${SLURM_ARRAY_TASK_MIN:-1} + 1))
else
    echo "sweep_shard.sh: neither a job array (sbatch --array=1-8) nor SHARD=K/N" >&2
    exit 2
fi
[ $# -ge 2 ] || {
    echo "usage: sweep_shard.sh FOLDER INPUT... [options of rqa sweep]" >&2
    exit 2
}
folder=$1
shift

mkdir -p "$folder"
rm -f "$folder/shard-$k.done"
"$rqa" sweep "$@" --shard "$k/$n" --store "$folder/shard-$k.sqlite" --quiet \
    --log "$folder/shard-$k.log" ${SLURM_CPUS_PER_TASK:+--threads "$SLURM_CPUS_PER_TASK"}
: >"$folder/shard-$k.done"

# Whoever finds all of them done joins them. It may be two at once: a merge does no harm twice.
set --
i=1
while [ "$i" -le "$n" ]; do
    [ -e "$folder/shard-$i.done" ] || {
        echo "shard $k of $n is done; others are not yet"
        exit 0
    }
    set -- "$@" "$folder/shard-$i.sqlite"
    i=$((i + 1))
done
"$rqa" merge "$@" -o "$folder/all.sqlite" --quiet
echo "shard $k of $n is done, and all are joined: $folder/all.sqlite"
