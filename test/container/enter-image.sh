#!/usr/bin/env bash
# What an engine does at `docker run --read-only --tmpfs /tmp -v DATA:/data`, for try-image.ts, in name spaces that
# were made for it: the first process is the image's own.
#
#   enter-image.sh ROOT DATA MIRROR WORKDIR UID:GID COMMAND…     with the image's environment
set -euo pipefail
root=$1 data=$2 mirror=$3 folder=$4 user=$5
shift 5

mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --rbind /dev "$root/dev"
if [[ -n $mirror ]]; then
  mount --bind "$mirror" "$root/mnt"
  mount -o remount,bind,ro "$root/mnt"
fi
mount -o remount,bind,ro "$root"
# shellcheck disable=SC2016 # the inner shell expands it
exec setpriv --no-new-privs chroot --userspec="$user" "$root" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
