# find_cublas.sh - sourced: find_cublas prints the path of a cuBLAS, or nothing. RQA_CUBLAS_PATH goes
# first; then the dynamic linker's own places, toolkits, and Python packages.

# Folders of Python packages.
python_sites() {
    for root in "${VIRTUAL_ENV:-}" "${CONDA_PREFIX:-}" "${HOME:-}/.local" /usr/local /usr /opt/conda /opt/venv \
        "${HOME:-}"/miniconda3 "${HOME:-}"/anaconda3 "${HOME:-}"/.venv /opt/*; do
        [ -z "$root" ] || ls -d "$root"/lib/python3*/site-packages "$root"/lib/python3*/dist-packages
    done 2>/dev/null
    if command -v python3 >/dev/null; then
        timeout 5 python3 -c 'import sys; print("\n".join(p for p in sys.path if p))' 2>/dev/null
    fi
}

cublas_folders() {
    echo "${LD_LIBRARY_PATH:-}" | tr : '\n'
    ls -d /usr/local/cuda/lib64 /usr/local/cuda-*/lib64 /usr/local/cuda*/targets/x86_64-linux/lib \
        /opt/cuda/lib64 /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib/cuda/lib64 2>/dev/null
    python_sites | while read -r site; do
        ls -d "$site"/nvidia/cublas/lib "$site"/nvidia/cu13/lib "$site"/nvidia/cu12/lib 2>/dev/null
    done
}

find_cublas() {
    if [ -n "${RQA_CUBLAS_PATH:-}" ]; then
        echo "$RQA_CUBLAS_PATH"
        return
    fi
    cublas_folders >"$work/folders"
    for version in 13 12; do
        while read -r folder; do
            if [ -n "$folder" ] && [ -e "$folder/libcublas.so.$version" ]; then
                echo "$folder/libcublas.so.$version"
                return
            fi
        done <"$work/folders"
    done
}
