#!/bin/sh
# Every table of README.md, one after the other, as printed, as JSON and as CSV: benchmarks/law/run.sh [DIR], from the
# repository's root after "mvn -q -DskipTests package". Virtual time: the figures are the same on every machine.
set -eu
out=${1:-target/law}
mkdir -p "$out"

compare() {
    name=$1
    shift
    echo "== $name"
    java -jar target/sluice.jar simulate "$@" --json "$out/$name.json" --csv "$out/$name.csv" | tee "$out/$name.txt"
}

compare closed --seeds 2 --workload batch,sub-agents --plots "$out/plots" \
    --laws endless-cache,off,gauge,gradient2,concur-5s,token-gate-mended,static-best,working-set
compare mixed --seeds 2 --workload tenants-and-chat,pauses-15s --plots "$out/plots" \
    --laws endless-cache,off,concur-5s,static-24,working-set
compare pauses-five-seeds --seeds 5 --workload pauses-15s --laws off,static-24,working-set
compare little-to-gain --seeds 2 --workload open,calm,no-reuse,pauses-60s --laws off,concur-5s,working-set
compare faults --seeds 2 --workload batch,sub-agents,pauses-15s --laws working-set \
    --fault none,pool-half,pool-double,foreign-traffic,no-cached-tokens,late-metrics,no-metrics,restart,no-end,text-tools,no-identity,whole-answers
