#!/usr/bin/env bash
# Builds the Dockerfile for real and starts the image, where there is no Docker engine: with Debian's buildah in a
# chroot, then as an ordinary user on a read-only root, in name spaces of its own. Needs root. Ends with 0 where
# evaluations asked for over GraphQL have succeeded in it.
#
#   test/container/run.sh [FOLDER]     FOLDER keeps the base image from run to run
#
# With ASSAY_DATA_MIRROR it evaluates on Fashion-MNIST, without it on the built-in sample set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
  echo "container: $1" >&2
  exit 1
}

[[ $(id -u) == 0 ]] || fail 'run it as root: it mounts and changes root'
for program in buildah debootstrap unshare ip; do
  command -v "$program" >/dev/null || fail "$program is missing: apt-get install buildah debootstrap util-linux iproute2"
done

folder=$(realpath -m "${1:-${XDG_CACHE_HOME:-$HOME/.cache}/assay-container}")
mkdir -p "$folder"
cat >"$folder/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$folder/storage"
runroot = "$folder/run"
CONF
export CONTAINERS_STORAGE_CONF=$folder/storage.conf BUILDAH_ISOLATION=chroot

test/container/base-image.sh "$folder"

# This machine's certificates and npm's settings are seen by the build and are in no layer.
certificates=/etc/ssl/certs/ca-certificates.crt
mounts=()
: >"$folder/npmrc"
if [[ -f $certificates ]]; then
  mounts+=(--volume "$certificates:$certificates:ro")
  echo "cafile=$certificates" >"$folder/npmrc"
fi
mounts+=(--volume "$folder/npmrc:/root/.npmrc:ro")
buildah bud --pull-never --format docker --layers=false "${mounts[@]}" --tag assay . >"$folder/build.log" 2>&1 || {
  tail -30 "$folder/build.log" >&2
  fail "the build failed; $folder/build.log has the whole of it"
}
for image in localhost/node:22-slim localhost/assay; do
  buildah images --format 'container: {{.Name}}:{{.Tag}} {{.Size}}' "$image"
done
buildah inspect --type image localhost/assay >"$folder/image.json"

container=$(buildah from --pull-never localhost/assay)
trap 'buildah rm "$container" >/dev/null' EXIT
# No network but the loopback: what the image needs it must bring along.
unshare --mount --net --pid --fork --kill-child --mount-proc -- bash -c \
  'ip link set lo up && exec node --no-warnings -r @swc-node/register test/container/try-image.ts "$@"' \
  try-image "$(buildah mount "$container")" "$folder/image.json"
