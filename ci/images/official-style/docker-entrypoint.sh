#!/usr/bin/env bash
# Entry point of the official-style test image: an empty PGDATA is initialised from the environment, the
# scripts of /docker-entrypoint-initdb.d are run once, then the command takes over as process 1.
set -euo pipefail

# A secret may come as a file (POSTGRES_PASSWORD_FILE) instead of a variable.
read_secret() {
  local name=$1 file_name=${1}_FILE
  if [ -n "${!file_name:-}" ]; then
    [ -z "${!name:-}" ] || { echo "error: both $name and $file_name are set" >&2; exit 1; }
    export "$name"="$(<"${!file_name}")"
    unset "$file_name"
  fi
}

initialise() {
  local user=${POSTGRES_USER:-postgres} database method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  database=${POSTGRES_DB:-$user}
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo "error: POSTGRES_PASSWORD must be set to initialise an empty data directory" >&2
    exit 1
  fi
  local words=()
  read -ra words <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") "${words[@]}"
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

  # Not reachable from outside before the scripts have run.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  local client=(psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$user")
  if [ "$database" != postgres ]; then
    "${client[@]}" --dbname postgres --set name="$database" <<<'CREATE DATABASE :"name";'
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        if [ -x "$file" ]; then
          "$file"
        else
          # shellcheck source=/dev/null
          . "$file"
        fi
        ;;
      *.sql) "${client[@]}" --dbname "$database" -f "$file" ;;
      *.sql.gz) gunzip -c "$file" | "${client[@]}" --dbname "$database" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
}

# Only flags: they are meant for the server.
if [ "${1:-}" = "" ] || [ "${1:0:1}" = - ]; then
  set -- postgres "$@"
fi
if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA"
    find "$PGDATA" \! -user postgres -exec chown postgres {} +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  read_secret POSTGRES_PASSWORD
  read_secret POSTGRES_USER
  read_secret POSTGRES_DB
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  [ -s "$PGDATA/PG_VERSION" ] || initialise
  unset POSTGRES_PASSWORD
fi
exec "$@"
