#!/bin/sh
# Installs the client libraries and compares how each fares straight to an engine and through Sluice:
# benchmarks/clients/run.sh [--hold SECONDS] [--only ROWS], from the repository's root after "mvn -q -DskipTests package". Loopback only.
set -eu
here=$(dirname "$0")
libraries=$("$here/install.sh" | tail -1)
exec python3 "$here/compare.py" --clients "$libraries" "$@"
