#!/usr/bin/env bash
# docker/kubernetes/check.sh: builds every overlay and checks it against the schemas of Kubernetes, unknown fields included. Needs
#   go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1 && pip install kubernetes-validate
# Custom resources (PodMonitor, ScaledObject) have no schema there: they are passed over, and said to be.
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for overlay in overlays/*/; do
  name=$(basename "$overlay")
  kustomize build "$overlay" > "$out/$name.yaml"
  for version in ${VERSIONS:-1.33.1 1.37.0}; do
    kubernetes-validate --strict -k "$version" "$out/$name.yaml" > "$out/log" 2>&1 || { cat "$out/log"; exit 1; }
    echo "$name, Kubernetes $version: $(grep -c '^kind:' "$out/$name.yaml") objects, $(grep -ci 'warn' "$out/log" || true) without a schema"
  done
done
