#!/bin/sh
# Installs the agent programs, runs them through Sluice, and compares what Sluice saw with what they did:
# benchmarks/agents/run.sh [PROGRAM...], from the repository's root after "mvn -q -DskipTests package". Loopback only.
set -eu
here=$(dirname "$0")
programs=$("$here/install.sh" | tail -1)
exec python3 "$here/prove.py" --programs "$programs" "$@"
