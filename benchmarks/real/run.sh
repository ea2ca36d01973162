#!/bin/sh
# Agents against a real engine, arm beside arm; from the repository's root after "mvn -q -DskipTests package":
#
#   benchmarks/real/run.sh                              installs a vLLM for processors (6 GB), makes a small model, runs
#   benchmarks/real/run.sh --engine http://HOST:8000    takes an engine that is already there
#   benchmarks/real/run.sh --help                       kinds of agents, loads, arms, seeds
#
# Prints a table, writes runs.json and runs.svg into target/real, and stops what it started.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${SLUICE_REAL_HOME:-$HOME/.cache/sluice-real}
parts=
case " $* " in *" --engine"* | *" --help "* | *" -h "*) ;; *) parts=engine ;; esac
case " $* " in *litellm*) parts="$parts litellm" ;; esac
case " $* " in *router*) parts="$parts router" ;; esac
# shellcheck disable=SC2086
"$here/install.sh" $parts
exec "$home/clients/bin/python" "$here/bench.py" --home "$home" "$@"
