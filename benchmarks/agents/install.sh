#!/bin/sh
# Installs the agent programs at the versions below into a folder outside the tree: benchmarks/agents/install.sh [DIR]. Safe to
# repeat: what is there is left alone. Needs node with npm, python3 (for OpenHands 3.12 or newer, else it is left out).
set -eu
home=${1:-${SLUICE_AGENTS:-$HOME/.cache/sluice-agents}}
mkdir -p "$home"

npm_program() {
    name=$1
    package=$2
    after=$3
    dir=$home/$name
    [ -f "$dir/ok" ] && return
    mkdir -p "$dir"
    npm install --prefix "$dir" --no-audit --no-fund --no-package-lock --loglevel=error "$package" >"$dir/log" 2>&1 ||
        { cat "$dir/log" >&2; return 1; }
    # Newer versions of npm leave the packages' own steps out unless asked.
    [ -z "$after" ] || (cd "$dir/node_modules/$after" && node "./$4" >>"$dir/log" 2>&1)
    touch "$dir/ok"
}

python_program() {
    name=$1
    python=$2
    shift 2
    dir=$home/$name
    [ -f "$dir/ok" ] && return
    "$python" -m venv "$dir"
    "$dir/bin/pip" install --quiet --disable-pip-version-check "$@"
    touch "$dir/ok"
}

npm_program claude-code @anthropic-ai/claude-code@2.1.332 @anthropic-ai/claude-code install.cjs
npm_program codex @openai/codex@0.171.0 ""
npm_program opencode opencode-ai@1.18.33 opencode-ai postinstall.mjs
python_program aider python3 aider-chat==0.86.2
python_program mini-swe-agent python3 mini-swe-agent==2.4.6

newest=$(ls -d "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3 2>/dev/null | sort -V | tail -1)
for python in ${newest:+"$newest"} python3.13 python3.12 python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        python_program openhands "$python" openhands-sdk==1.58.2
        break
    fi
done
echo "$home"
