# shellcheck shell=bash
# Readers of our reports that others wrote, to be sourced: fetched once from npm, in pinned versions, and kept.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
# 77 is ctest's word for skipped.
cannot_run() { say "$*"; exit 77; }

# usage: provide_packages SET NAME@VERSION...     sets `packages` to a folder with node_modules. Packages run no
# scripts of their own when they are installed.
provide_packages() {
  local set=$1 cache sum
  shift
  command -v node >/dev/null || cannot_run "node is not installed"
  sum=$(printf '%s\n' "$@" | sha256sum | cut -c1-12)
  cache=${PGREHEARSE_CACHE_DIR:-${PGREHEARSE_STATE_DIR:-/var/tmp/pgrehearse-$(id -u)}/cache}/$set-$sum
  packages=$cache
  [[ ! -e $cache/node_modules ]] || return 0
  command -v npm >/dev/null || cannot_run "npm is not installed"
  mkdir -p "${cache%/*}"
  (
    flock 9
    [[ ! -e $cache/node_modules ]] || exit 0
    rm -rf "$cache.new"
    mkdir "$cache.new"
    say "fetching $*"
    PUPPETEER_SKIP_DOWNLOAD=1 npm install --prefix "$cache.new" --ignore-scripts --no-audit --no-fund --loglevel=error \
      "$@" >"$cache.log" 2>&1 || { tail -n 5 "$cache.log" >&2; exit 77; }
    mv "$cache.new" "$cache"
  ) 9>"$cache.lock" || cannot_run "npm could not fetch them"
}
