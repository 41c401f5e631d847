#!/usr/bin/env bash
# Installs the Debian packages that tests use beside Node: a browser for the HTML report, zstd and xz to make archives, shells
# that load completion scripts, script for a terminal to run in; and what isolates the jobs of `sluice run`: bubblewrap, curl and ps for the tests that attack it. util-linux and perl-base, for the other driver, are always there.
# Does nothing when they are there; without root it says what is missing. `setup.sh sandbox` is about isolation alone.
set -euo pipefail

declare -A package_of=([git]=git [bwrap]=bubblewrap)
if [ "${1:-}" != sandbox ]; then
  package_of+=([chromium]=chromium [zstd]=zstd [xz]=xz-utils [mkfifo]=coreutils [script]=bsdutils [zsh]=zsh [fish]=fish
    [curl]=curl [ps]=procps)
fi

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done

# Ubuntu lets only programs with a profile of AppArmor make user namespaces. On a machine that is thrown away afterwards the restriction
# is lifted; elsewhere that is for its owner to decide.
restriction=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ "$(cat "$restriction" 2>/dev/null)" = 1 ]; then
  if [ "$(id -u)" -eq 0 ] && [ "${CI:-}" = true ]; then
    echo 0 >"$restriction"
  else
    echo "AppArmor keeps ordinary users from isolating jobs on this machine: see docs/guides/sandbox.md" >&2
  fi
fi

[ "${#missing[@]}" -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Please install: ${missing[*]} (the names of Debian's packages; this system has no apt-get)" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Only root may install what is missing: ${missing[*]}" >&2
  echo "Run: sudo bash tools/setup.sh${1:+ $1}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
timeout 300 apt-get update -qq
timeout 600 apt-get install -y -qq --no-install-recommends "${missing[@]}"
