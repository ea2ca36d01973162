#!/bin/sh
# What a real vLLM does, through Sluice, as checks: benchmarks/real/behaviour.sh, from the repository's root after
# "mvn -q -DskipTests package". Six starts of the engine, some ten minutes on two cores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${SLUICE_REAL_HOME:-$HOME/.cache/sluice-real}
"$here/install.sh" engine
exec "$home/clients/bin/python" "$here/behaviour.py" --home "$home" "$@"
