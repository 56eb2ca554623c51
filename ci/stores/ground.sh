# shellcheck shell=bash
# What the object stores of our tests have in common, to be sourced: a private folder, certificates, processes that
# are found again by a mark in their environment, and a guard that stops them when whoever wanted them is gone.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
# 77 is ctest's word for skipped.
cannot_run() { say "$*"; exit 77; }

# Sets `folder` to the absolute form of its argument and makes it, empty and private. What a store left whose host
# went down is cleared away.
make_ground() {
  if [[ -e $1/made-by-ci-stores && -z $(marked_processes "$(cd "$1" && pwd)") ]]; then
    stop_store "$1"
  fi
  if [[ -e $1 ]]; then
    say "$1 is there already: stop that store first"
    exit 1
  fi
  mkdir -p "$(dirname "$1")"
  mkdir -m 0700 "$1"
  folder=$(cd "$1" && pwd)
  touch "$folder/made-by-ci-stores"
}

# A certificate for 127.0.0.1 and localhost, by an authority that signs nothing else and whose key is thrown away.
make_certificate() {
  local curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  (
    umask 077
    cd "$folder"
    openssl req -x509 "${curve[@]}" -days 30 -subj '/CN=pgrehearse test authority' -keyout ca.key -out ca.crt \
      -addext basicConstraints=critical,CA:TRUE
    openssl req "${curve[@]}" -subj '/CN=localhost' -keyout server.key -out server.csr
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >extensions
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out server.crt
    rm -f ca.key server.csr extensions ca.srl
  ) >"$folder/openssl.log" 2>&1 || { cat "$folder/openssl.log" >&2; exit 1; }
}

# Starts a program marked with this store's folder, out of this script's session: one that goes into the background
# by itself, or one that is put there, with a log.
start_marked() { PGREHEARSE_STORE=$folder setsid "$@" </dev/null 3>&- 4>&- 9>&-; }
start_marked_behind() {
  local log=$1
  shift
  PGREHEARSE_STORE=$folder setsid "$@" </dev/null >"$log" 2>&1 3>&- 4>&- 9>&- &
}

marked_processes() {
  local entry
  for entry in /proc/[0-9]*; do
    if grep -qzxF "PGREHEARSE_STORE=$1" "$entry/environ" 2>/dev/null; then
      echo "${entry#/proc/}"
    fi
  done
}

# Writes and prints where the store is. Its presence says that the store is ready.
describe_store() {
  printf 'endpoint %s\nca %s\ncredentials %s\n' "$1" "$folder/ca.crt" "$folder/credentials" >"$folder/store.new"
  mv "$folder/store.new" "$folder/store"
  cat "$folder/store"
}

# Ends what is marked with the folder, then the folder. Quiet when there is nothing.
stop_store() {
  local real pid deadline=$((SECONDS + 10)) signal=TERM
  [[ -e $1/made-by-ci-stores ]] || return 0
  real=$(cd "$1" && pwd)
  while mapfile -t left < <(marked_processes "$real") && ((${#left[@]} > 0)); do
    for pid in "${left[@]}"; do
      kill -s "$signal" "$pid" 2>/dev/null || true
    done
    ((SECONDS < deadline)) || signal=KILL
    sleep 0.1
  done
  rm -rf --one-file-system "$real"
}

# In the background: waits until a process is gone, then stops the store. It sees to stores whose test was killed.
guard_store() { start_marked_behind /dev/null "$0" guard "$folder" "$1"; }

# usage: store_verb VERB DIR [--while-parent-lives]     (start_store is the store's own)
store_verb() {
  local verb=${1:-} where=${2:-}
  case $verb:$where in
    *: | :*) ;;
    start:*)
      # Half a store is no store.
      trap 'status=$?; if ((status != 0)) && [[ -n ${folder:-} ]]; then stop_store "$folder"; fi' EXIT
      start_store "$where"
      [[ ${3:-} != --while-parent-lives ]] || guard_store "$PPID"
      return
      ;;
    stop:*)
      stop_store "$where"
      return
      ;;
    guard:*)
      tail --pid="$3" -f /dev/null
      # Whoever stops must not carry the mark of what is to be stopped.
      exec env -u PGREHEARSE_STORE "$0" stop "$where"
      ;;
  esac
  echo "usage: ${0##*/} start DIR [--while-parent-lives] | stop DIR" >&2
  exit 64
}
