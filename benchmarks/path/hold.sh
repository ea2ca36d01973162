#!/bin/sh
# What a waiting request costs in memory: benchmarks/path/hold.sh REQUESTS BODY_BYTES [JAR], from the repository's root.
# The static law lets one agent live; its answer does not end, and everybody else waits.
set -eu
requests=$1 body=$2 jar=${3:-target/sluice.jar}
here=benchmarks/path out=target/path
flags=$(cat docker/jvm.flags)
make -s -C $here
rm -f $out/hold.fifo $out/hold.ready
mkfifo $out/hold.fifo
trap 'kill -9 $sluice $engine; wait 2>/dev/null; rm -f $out/hold.fifo' EXIT
$out/engine 28110 $out/hold.sock <$out/hold.fifo &
engine=$!
exec 9>$out/hold.fifo
cat >$out/hold.yaml <<YAML
law:
  name: static
  static: {agents: 1}
queue: {maxSteps: 1000000, maxBytes: 8GiB}
limits: {connections: 1000000}
YAML
# shellcheck disable=SC2086
java $flags -jar "$jar" run --listen 127.0.0.1:28111 --admin 127.0.0.1:0 --upstream http://127.0.0.1:28110 \
    --config $out/hold.yaml >$out/hold.ready 2>$out/hold.log &
sluice=$!
until grep -q 'sluice ready' $out/hold.ready; do sleep 0.1; done
$out/load hold 28111 $sluice "$requests" "$body"
