#!/usr/bin/env bash
# Installs the Debian packages that tests use beside Node: a browser for the HTML report, zstd and xz to make archives, shells
# that load completion scripts, script for a terminal to run in.
# Does nothing when they are there; without root it says what is missing.
set -euo pipefail

declare -A package_of=([git]=git [chromium]=chromium [zstd]=zstd [xz]=xz-utils [mkfifo]=coreutils [script]=bsdutils [zsh]=zsh [fish]=fish)

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Please install: ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
timeout 300 apt-get update -qq
timeout 600 apt-get install -y -qq --no-install-recommends "${missing[@]}"
