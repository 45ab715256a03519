#!/usr/bin/env bash
# Runs the tests of NATS on the newest nats-server that Debian has, which may be years newer than the one that is installed.
# Not part of ./test.sh. Needs Debian or its kin, and the tests built (dotnet build -c Release tests/Jobs.Brokers.Tests).
# What it fetches is unpacked into artifacts/servers/newer; nothing is installed. NEWER_SUITE picks another suite than sid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

suite=${NEWER_SUITE:-sid}
place=$PWD/artifacts/servers/newer/$suite
tests=tests/Jobs.Brokers.Tests/bin/Release/net10.0/Jobs.Brokers.Tests

# Where this machine gets its own packages from: the first address whose path ends with /debian.
mirror() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -n 1
}

apt() {
  apt-get -q -o Dir::Etc::sourcelist="$place/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$place/lists" -o Dir::Cache="$place/cache" -o APT::Sandbox::User= "$@"
}

# Unpacks the newest package of a name, and prints the folder of its programs.
unpack() {
  local package=$1 root=$place/$1
  rm -rf "$root" "$place/$package"_*.deb
  (cd "$place" && apt download "$package" >&2 && dpkg -x "$package"_*.deb "$root" && rm "$package"_*.deb)
  dirname "$(find "$root" -type f -path '*bin/*' -name "$package" | head -n 1)"
}

run() {
  local folder=$1
  shift
  PATH=$folder:$PATH "$tests" --filter-class "$@"
}

site=$(mirror)
[[ -n $site ]] || { echo 'No Debian mirror among the package sources of this machine.' >&2; exit 1; }
[[ -x $tests ]] || { echo "Build the tests first: dotnet build -c Release tests/Jobs.Brokers.Tests" >&2; exit 1; }
mkdir -p "$place"/{lists,cache/archives}/partial
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$site" "$suite" >"$place/sources.list"
apt update >&2

nats=$(unpack nats-server)
"$nats/nats-server" --version
run "$nats" '*Nats*'
