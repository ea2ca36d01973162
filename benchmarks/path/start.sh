#!/bin/sh
# From exec to the first proxied answer, five times: benchmarks/path/start.sh [JAR [FLAGS...]], from the repository's root.
# The archive of classes (JDK 17: CDS, from JDK 25 on: AOT cache) is made by a run of its own before, with the same flags.
set -eu
jar=${1:-target/sluice.jar}
[ $# -gt 0 ] && shift
here=benchmarks/path out=target/path
java=${JAVA:-java}
major=$($java -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = //p')
flags="$(cat docker/jvm.flags) $([ "$major" -lt 25 ] || cat docker/jvm25.flags) $*"
make -s -C $here
rm -f $out/start.fifo $out/start.jsa $out/start.aot $out/start.aotconf
mkfifo $out/start.fifo
trap 'kill -9 $engine; rm -f $out/start.fifo' EXIT
$out/engine 28120 $out/start.sock <$out/start.fifo &
engine=$!
exec 9>$out/start.fifo

now() { date +%s%N; }

# Starts Sluice, asks until it answers, stops it; prints the milliseconds.
once() {
    began=$(now)
    # shellcheck disable=SC2086
    $java $flags "$@" -jar "$jar" run --listen 127.0.0.1:28121 --admin 127.0.0.1:0 --upstream http://127.0.0.1:28120 \
        >/dev/null 2>&1 &
    pid=$!
    until $out/load ask 28121; do :; done
    echo $((($(now) - began) / 1000000))
    [ -z "${RSS-}" ] || { sleep 3; grep VmRSS /proc/$pid/status; }
    kill $pid
    wait $pid || :
}

echo "jdk $major, no archive:  $(once) ms"
if [ "$major" -ge 25 ]; then
    once -XX:AOTCacheOutput=$out/start.aot >/dev/null
    archive=-XX:AOTCache=$out/start.aot
else
    once -XX:ArchiveClassesAtExit=$out/start.jsa >/dev/null
    archive=-XX:SharedArchiveFile=$out/start.jsa
fi
for i in 1 2 3 4 5; do echo "jdk $major, with archive: $(once $archive) ms"; done
RSS=1
echo "jdk $major, idle:         $(once $archive)"
