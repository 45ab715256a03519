#!/usr/bin/env bash
# Everything a change must pass, from a clean clone: needs the .NET SDK and a C compiler (for the native canary).
# The servers that broker tests start are installed where they are missing (Debian and its kin).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

passed=0 failed=0 skipped=0
test_limit=${TEST_LIMIT:-1800}
logs=$(mktemp -d)
trap 'rm -rf "$logs"; dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true' EXIT

section() { printf '\n== %s\n' "$*"; }

finish() {
  printf '\n'
  # Again, where whoever reads the end only finds it.
  grep -hsE -A 8 '^ *failed .*\(' "$logs"/*.log || true
  ((skipped == 0)) || printf 'skipped: %d\n' "$skipped"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}

# A step the rest depends on: counted only when it fails, and then nothing else can be judged.
required() {
  section "$*"
  "$@" || { failed=$((failed + 1)); finish; }
}

# Broker tests start and kill their servers themselves; here they are only installed.
install_servers() {
  local missing=() root=() sqs=artifacts/servers
  # The emulator of SQS needs a newer Node.js than most machines have; both are kept in a folder that the repository ignores.
  if [[ ! -d $sqs/node_modules/fauxqs || ! -x $sqs/node_modules/node/bin/node ]] && command -v npm >/dev/null; then
    npm install --prefix "$sqs" --no-package-lock --no-audit --no-fund --loglevel=error fauxqs@2.4.1 node@24.9.0
  fi
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v nats-server >/dev/null || missing+=(nats-server)
  # Elsewhere than on Debian the tests that miss one fail, and say so.
  if ((${#missing[@]} == 0)) || ! command -v apt-get >/dev/null; then return; fi
  ((EUID == 0)) || root=(sudo)
  "${root[@]}" apt-get update -q
  # No service: a server that nobody asked for would keep the usual port.
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Prints the number behind a label of the runner's summary, or nothing when the run ended without one.
summary() { sed -nE "s/^ +$2: ([0-9]+)$/\1/p" "$1" | tail -n 1; }

run_tests() {
  local project=$1 name log status=0 bad
  name=$(basename "$project" .csproj)
  log=$logs/$name.log
  section "$name"
  # The limit is for a hanging test: it must fail here, not run into the limit of the machine.
  timeout --kill-after=10 "$test_limit" \
    dotnet test --project "$project" -c Release --no-build --no-ansi --no-progress 2>&1 | tee "$log" || status=$?

  skipped=$((skipped + 10#0$(summary "$log" skipped)))
  if ((status == 8)); then
    printf 'note: %s has no tests\n' "$name"
    return
  fi
  passed=$((passed + 10#0$(summary "$log" succeeded)))
  bad=$(summary "$log" failed)
  # A crash or a time-out can end a run without one failed test.
  ((status == 0 || ${bad:-0} > 0)) || bad=1
  ((${bad:-0} == 0)) || printf 'FAILED: %s (exit code %d)\n' "$name" "$status"
  failed=$((failed + ${bad:-0}))
}

# Without a limit anything will do: a program that is not native is a small host beside its libraries.
is_at_most() {
  local size
  [[ -n $1 ]] || return 0
  size=$(wc -c <"$2")
  printf '%s has %d bytes; it may have %d\n' "$2" "$size" "$1"
  ((size <= $1))
}

# The canary says by its exit code whether the published program behaves like the JIT one. The native one stays small, too: LINQ over structs, above all,
# multiplies in it.
run_canary() {
  local framework=$1 largest=${2:-} out=$logs/aot-$1
  section "Jobs.Aot, $framework"
  if dotnet publish tests/Jobs.Aot/Jobs.Aot.csproj -c Release -f "$framework" --use-current-runtime -o "$out" &&
    timeout 120 "$out/Jobs.Aot" && is_at_most "$largest" "$out/Jobs.Aot"; then
    passed=$((passed + 1))
  else
    printf 'FAILED: Jobs.Aot, %s\n' "$framework"
    failed=$((failed + 1))
  fi
}

required dotnet restore Jobs.sln
# One compiler for all projects halves the time that they take; it does not outlive this script.
required dotnet build Jobs.sln -c Release --no-restore -p:UseSharedCompilation=true
required install_servers
for project in tests/*.Tests/*.csproj; do run_tests "$project"; done
run_canary net9.0 12000000
run_canary net10.0
finish
