#!/bin/sh
# Packs what runs in production into one archive. The same files give the same bytes, so that a digest says what it is.
set -eu
mkdir -p dist
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=u=rwX,go=rX \
  -cf dist/storefront.tar package.json package-lock.json src packages config
gzip -n -9 -f dist/storefront.tar
