#!/usr/bin/env bash
# docker/build.sh [ARCHIVE]: builds the image of docker/Dockerfile where there is neither a daemon nor a registry, starts it as it is, and
# tells its size and how long it takes to the first answer. As root on Debian 12 with
#   apt-get install --no-install-recommends buildah skopeo umoci debootstrap
# and a JDK 25 (JDK=/path). The base images are made here: a minimal Debian with that JDK to build in, and glibc alone to run on.
# Leaves an OCI archive at ARCHIVE (target/sluice-image.tar).
set -euo pipefail
cd "$(dirname "$0")/.."
jdk=${JDK:-/usr/lib/jvm/temurin-25-jdk-amd64}
work=${WORK:-target/image}
archive=${1:-target/sluice-image.tar}
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
mkdir -p "$work"
work=$(realpath "$work")
[ -f target/sluice.jar ] || mvn -q -DskipTests package

# To build in: Debian with a JDK. Kept from one run to the next: buildah rmi localhost/sluice-jdk for another one.
if ! buildah inspect --type image localhost/sluice-jdk > /dev/null 2>&1; then
  [ -d "$work/debian" ] || debootstrap --variant=minbase bookworm "$work/debian" > "$work/debootstrap.log"
  made=$(buildah from scratch)
  buildah add -q "$made" "$work/debian" / > /dev/null
  rm -rf "$work/jdk"
  cp -rL "$jdk" "$work/jdk" # packages link its certificates to elsewhere
  buildah add -q "$made" "$work/jdk" /opt/java > /dev/null
  buildah config --env PATH=/opt/java/bin:/usr/sbin:/usr/bin:/sbin:/bin --env JAVA_HOME=/opt/java "$made"
  buildah commit -q --rm "$made" localhost/sluice-jdk > /dev/null
fi

# To run on: what the JVM links to, and what resolves names.
base=$work/base
rm -rf "$base"
mkdir -p "$base/etc" "$base/tmp"
chmod 1777 "$base/tmp"
for library in "$jdk/bin/java" "$jdk"/lib/*.so "$jdk/lib/server/libjvm.so"; do
  ldd "$library" | grep -oE ' /(lib|usr/lib)[^ ]*/(libc|libm|libdl|libpthread|librt|libresolv)\.so[^ ]*|/lib64/ld-linux[^ ]*|/lib/ld-linux[^ ]*'
done | sort -u | while read -r file; do
  install -D "$(realpath "$file")" "$base$file"
done
for file in /lib/*-linux-gnu/libnss_files.so.2 /lib/*-linux-gnu/libnss_dns.so.2 /lib/*-linux-gnu/libresolv.so.2; do
  install -D "$(realpath "$file")" "$base$file"
done
echo 'hosts: files dns' > "$base/etc/nsswitch.conf"
made=$(buildah from scratch)
buildah add -q "$made" "$base" / > /dev/null
buildah commit -q --rm "$made" localhost/sluice-base > /dev/null

buildah bud --network host --build-arg JDK=localhost/sluice-jdk --build-arg BASE=localhost/sluice-base \
  -f docker/Dockerfile -t localhost/sluice . > "$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
rm -f "$archive"
buildah push -q localhost/sluice "oci-archive:$archive"

# The archive as anybody would get it, unpacked.
rm -rf "$work/oci" "$work/bundle"
skopeo copy -q "oci-archive:$archive" "oci:$work/oci:latest"
umoci unpack --image "$work/oci:latest" "$work/bundle" > /dev/null 2>&1
echo "image: $(du -m "$archive" | cut -f1) MiB packed, $(du -sm "$work/bundle/rootfs" | cut -f1) MiB unpacked"
exec python3 docker/start.py "$work/bundle" target/sluice.jar
