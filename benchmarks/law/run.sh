#!/bin/sh
# Every table of README.md, one after the other, as printed, as JSON and as CSV: benchmarks/law/run.sh [DIR], from the
# repository's root after "mvn -q -DskipTests package". Virtual time: the figures are the same on every machine. Takes about
# half an hour of one processor.
set -eu
out=${1:-target/law}
mkdir -p "$out"

compare() {
    name=$1
    shift
    echo "== $name"
    java -XX:+UseSerialGC -jar target/sluice.jar simulate --seeds 5 "$@" --json "$out/$name.json" --csv "$out/$name.csv" | tee "$out/$name.txt"
}

all=endless-cache,off,gauge,gradient2,vegas,concur-1s,concur-5s,concur-30s,token-gate,token-gate-mended,static-tokens,static-best,working-set
for workload in batch sub-agents tenants-and-chat pauses-15s; do
    compare $workload --workload $workload --laws $all
done
compare others --workload pauses-60s,calm,no-reuse,one-step,moe,open --laws off,concur-5s,working-set
compare impatient --workload batch,sub-agents,tenants-and-chat,pauses-15s,open --fault impatient --laws off,static-12,concur-5s,working-set
compare cheap-prompts --workload batch,pauses-15s,sub-agents --preset moe-8xh100 --pool-tokens 65536 \
    --laws off,concur-5s,static-8,static-24,working-set
compare faults --workload batch,sub-agents,pauses-15s --laws working-set \
    --fault none,pool-half,pool-double,no-pool,foreign-traffic,no-cached-tokens,late-metrics,no-metrics,restart,no-end,text-tools,plain-text,told-end,no-identity,whole-answers
