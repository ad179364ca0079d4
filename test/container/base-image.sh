#!/usr/bin/env bash
# Makes the image that the Dockerfile starts from where no registry of images can be reached: Debian's smallest
# system with Node 22 and npm from npm's own registry, under the name that the Dockerfile asks for.
#
#   base-image.sh FOLDER     keeps its work in FOLDER; buildah's storage is what the environment says
set -euo pipefail

NAME=localhost/node:22-slim
SUITE=bookworm
NODE=22.23.3
NPM=10.9.9

folder=$1
root=$folder/rootfs
if buildah inspect --type image "$NAME" >/dev/null 2>&1; then exit 0; fi

rm -rf "$root" "$folder/node"
mkdir -p "$folder/node"
debootstrap --variant=minbase "$SUITE" "$root" >"$folder/debootstrap.log" 2>&1 || {
  tail -20 "$folder/debootstrap.log" >&2
  exit 1
}
npm install --prefix "$folder/node" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error \
  "node-linux-$(node -p process.arch)@$NODE" "npm@$NPM" >/dev/null

modules=$root/usr/local/lib/node_modules
mkdir -p "$modules"
cp "$folder/node/node_modules/node-linux-$(node -p process.arch)/bin/node" "$root/usr/local/bin/node"
cp -r "$folder/node/node_modules/npm" "$modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
# As the official image has it: the user "node" is 1000, documentation and translations are left out.
chroot "$root" groupadd --gid 1000 node
chroot "$root" useradd --uid 1000 --gid node --create-home node
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*

container=$(buildah from scratch)
buildah copy --quiet "$container" "$root" / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
buildah commit --quiet --rm "$container" "$NAME" >/dev/null
rm -rf "$root" "$folder/node"
