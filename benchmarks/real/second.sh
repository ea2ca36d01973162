#!/bin/sh
# Agents against an engine of another make, which tells nothing of its cache: llama-cpp-python's server. Checks first, then arm
# beside arm; from the repository's root after "mvn -q -DskipTests package":
#
#   benchmarks/real/second.sh                   compiles the engine (some minutes, once), makes a small model, checks, runs
#   benchmarks/real/second.sh --only runs       or checks; --help tells the rest
#
# Prints a table, writes runs.json into target/second, and stops what it started.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${SLUICE_REAL_HOME:-$HOME/.cache/sluice-real}
"$here/install.sh" second
exec "$home/clients/bin/python" "$here/second.py" --home "$home" "$@"
