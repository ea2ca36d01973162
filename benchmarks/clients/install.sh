#!/bin/sh
# Installs the client libraries at the versions below into a folder outside the tree: benchmarks/clients/install.sh [DIR]. Safe to
# repeat: what is there is left alone. Needs node 20 or newer with npm, and python3 (3.10 or newer) with venv.
set -eu
home=${1:-${SLUICE_CLIENTS:-$HOME/.cache/sluice-clients}}
mkdir -p "$home"

if [ ! -f "$home/node/ok" ]; then
    mkdir -p "$home/node"
    npm install --prefix "$home/node" --no-audit --no-fund --no-package-lock --loglevel=error \
        openai@7.59.0 @anthropic-ai/sdk@1.14.0 ai@7.0.173 @ai-sdk/openai@4.0.118 >&2
    touch "$home/node/ok"
fi
if [ ! -f "$home/python/ok" ]; then
    python3 -m venv "$home/python"
    "$home/python/bin/pip" install --quiet --disable-pip-version-check \
        openai==3.57.0 anthropic==2.14.0 openai-agents==0.24.0 >&2
    touch "$home/python/ok"
fi
# The programs, for programs.py: only if asked for by PROGRAMS=1, since they are large.
if [ -n "${PROGRAMS-}" ] && [ ! -f "$home/programs/ok" ]; then
    mkdir -p "$home/programs"
    npm install --prefix "$home/programs" --no-audit --no-fund --no-package-lock --loglevel=error \
        @anthropic-ai/claude-code@2.1.197 @openai/codex@0.169.0 opencode-ai@1.18.33 >&2
    touch "$home/programs/ok"
fi
echo "$home"
