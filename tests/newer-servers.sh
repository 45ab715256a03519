#!/usr/bin/env bash
# Runs the tests of NATS, Redis and Valkey on the newest servers that Debian has, which may be years newer than those that are installed.
# tests/newer-servers.sh [nats] [redis] [valkey]    without arguments: all of them
# Not part of ./test.sh. Needs Debian or its kin, and the tests built (dotnet build -c Release tests/Jobs.Brokers.Tests).
# What it fetches is unpacked into artifacts/servers/newer; nothing is installed. NEWER_SUITE picks another suite than sid.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=${NEWER_SUITE:-sid}
place=$PWD/artifacts/servers/newer/$suite
tests=tests/Jobs.Brokers.Tests/bin/Release/net10.0/Jobs.Brokers.Tests

# What redis-server and valkey-server are linked against: newer than this machine's, too.
libraries=(libc6 libgcc-s1 libstdc++6 libatomic1 libjemalloc2 liblzf1 libssl3t64 libsystemd0 libzstd1 zlib1g)

# Where this machine gets its own packages from: the first address whose path ends with /debian.
mirror() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -n 1
}

apt() {
  apt-get -q -o Dir::Etc::sourcelist="$place/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$place/lists" -o Dir::Cache="$place/cache" -o APT::Sandbox::User= "$@"
}

# Unpacks the newest package of a name into a folder: that of the suite, or else, of a suite that is not whole, that of sid.
unpack() {
  local package=$1 root=$2
  rm -f "$place/$package"_*.deb
  (cd "$place" && { apt download "$package/$suite" || apt download "$package"; } >&2 && dpkg -x "$package"_*.deb "$root" && rm "$package"_*.deb)
}

# Prints the folder of a newest nats-server.
find_nats() {
  local root=$place/nats-server
  rm -rf "$root"
  unpack nats-server "$root"
  dirname "$(find "$root" -type f -path '*bin/*' -name nats-server)"
}

# Prints a folder whose redis-server becomes the newest redis or valkey, with libraries and a loader of its own, under the process id it was started with.
# The server is in the package of the tools, under the name of one of them: it goes by the name that it is called by.
find_redis() {
  local name=$1 root=$place/$1 program library loader
  rm -rf "$root"
  unpack "$name-tools" "$root"
  for library in "${libraries[@]}"; do unpack "$library" "$root"; done
  program=$(find "$root" -type f -path '*bin/*' -name "$name-check-rdb")
  loader=$(find "$root" -path '*-linux-*/ld-linux*.so.*' | head -n 1)
  if "$loader" --library-path "$(dirname "$loader")" --list "$program" | grep 'not found' >&2; then
    echo "The libraries above are missing: name their packages in ${BASH_SOURCE[0]}." >&2
    return 1
  fi
  mkdir "$root/wrapper"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 redis-server "%s" "$@"\n' \
    "$loader" "$(dirname "$loader")" "$program" >"$root/wrapper/redis-server"
  chmod +x "$root/wrapper/redis-server"
  printf '%s\n' "$root/wrapper"
}

# Every server is tried, whatever the one before it showed; one failure is enough for the end to be one.
run() {
  local program=$1 folder=$2
  shift 2
  "$folder/$program" --version
  PATH=$folder:$PATH "$tests" --filter-class "$@" || failed=1
}

site=$(mirror)
[[ -n $site ]] || { echo 'No Debian mirror among the package sources of this machine.' >&2; exit 1; }
[[ -x $tests ]] || { echo "Build the tests first: dotnet build -c Release tests/Jobs.Brokers.Tests" >&2; exit 1; }
mkdir -p "$place"/{lists,cache/archives}/partial
for from in $(printf '%s\n' sid "$suite" | sort -u); do
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$site" "$from"
done >"$place/sources.list"
apt update >&2

failed=0
(($# > 0)) || set -- nats redis valkey
for server in "$@"; do
  case $server in
    nats)
      folder=$(find_nats)
      run nats-server "$folder" '*Nats*'
      ;;
    redis | valkey)
      folder=$(find_redis "$server")
      run redis-server "$folder" '*Redis*'
      ;;
    *)
      echo "No such server: $server" >&2
      exit 1
      ;;
  esac
done
exit "$failed"
