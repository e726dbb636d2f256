#!/usr/bin/env bash
# Runs the tests that are written in JavaScript, with node's own test runner.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
    cat <<'HELP'
Usage: tests/web/run.sh [--junit FILE] [-k PATTERN]

Installs what the folders' package-lock.json name, unless that is done already, and runs the tests
of all folders. CALLFLOW_BIN names the folder of flowc (build/release/bin).

  --junit FILE   write a report in JUnit's XML, one case a test
  -k PATTERN     only tests whose name fits this regular expression
HELP
}

junit=
options=()
while [ $# -gt 0 ]; do
    case $1 in
    --junit | -k)
        [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2 && exit 2; }
        if [ "$1" = --junit ]; then junit=$2; else options+=("--test-name-pattern=$2"); fi
        shift 2
        ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
done
if [ -n "$junit" ]; then
    options+=(--test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit "--test-reporter-destination=$junit")
fi

for command in node npm; do
    command -v $command >/dev/null || { echo "run.sh: these tests need $command (Node.js 20 or newer)" >&2 && exit 2; }
done

# npm takes seconds even when there is nothing to do, so the lock file it worked on last is kept beside its work.
install_modules() {
    local done="$1/node_modules/.installed-lock"
    cmp -s "$1/package-lock.json" "$done" && return
    npm ci --prefix "$1" --no-audit --no-fund --loglevel=error
    cp "$1/package-lock.json" "$done"
}

for manifest in "$here"/*/package-lock.json; do
    install_modules "$(dirname "$manifest")"
done
status=0
node --test "${options[@]}" "$here"/*/*.test.js || status=$?
# What the pattern leaves out was not skipped: it was not asked for.
[ -z "$junit" ] || perl -0pi -e \
    's{<testcase [^>]*>\s*<skipped [^>]*does not match pattern[^>]*/>\s*</testcase>\s*}{}g' "$junit"
exit $status
