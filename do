#!/usr/bin/env bash
# The one door to everything: sets up what a verb needs, then runs it. `./do` alone lists the verbs.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

venv=.venv
unset PYTHONDONTWRITEBYTECODE # some images set it: every start would compile everything again
say() { printf '%s\n' "$*" >&2; }
fail() { say "postroom: $*"; exit 1; }

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail "Python 3.11 or later is needed, and was not found (Debian, Ubuntu: apt install python3)"
}

make_environment() {
  local python=$1
  rm -rf "$venv"
  if command -v uv >/dev/null; then
    uv venv --quiet --python "$python" "$venv"
    uv pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" requirements.lock
    uv pip install --quiet --no-deps --no-build-isolation --python "$venv/bin/python" --editable .
    return
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv is missing (Debian, Ubuntu: apt install python3-venv)"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install -qq --require-hashes --requirement requirements.lock
  "$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation --editable .
}

# An environment of its own, made once and again whenever what it is made from has changed.
setup() {
  local python want
  python=$(find_python)
  want=$("$python" -V; cat requirements.lock pyproject.toml | cksum)
  [ "$(cat "$venv/made-from" 2>/dev/null)" = "$want" ] && return
  say "postroom: making an environment in $venv (half a minute, once)"
  make_environment "$python"
  printf '%s\n' "$want" >"$venv/made-from"
}

# What builds the documentation site, in an environment of its own: whoever runs or tests postroom needs none of it.
site() {
  local python=$venv/bin/python
  if [ "$(cat "$venv/site/made-from" 2>/dev/null)" != "$(cksum <site.lock)" ]; then
    "$python" -m venv --clear "$venv/site"
    "$venv/site/bin/python" -m pip install -qq --require-hashes --requirement site.lock
    cksum <site.lock >"$venv/site/made-from"
  fi
  "$python" -m tests.documents.site
  rm -rf site
  "$venv/site/bin/zensical" build --strict
}

# The servers of the test rings, from Debian's packages: never a daemon started, never a package removed.
install_servers() {
  local missing=()
  command -v dovecot >/dev/null || missing+=(dovecot-imapd)
  command -v postfix >/dev/null || missing+=(postfix)
  command -v openssl >/dev/null || missing+=(openssl)
  command -v curl >/dev/null || missing+=(curl) # for the example of the documents
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
  # Its programs are on no PATH; what the tests keep lies in it as well as in SQLite.
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  say "postroom: installing ${missing[*]} for the tests"
  apt-get update -qq || true
  local plan
  if ! plan=$(apt-get install --simulate --no-install-recommends "${missing[@]}" 2>/dev/null); then
    say "postroom: apt cannot install them; the rings without a server are skipped"
    return 0
  fi
  if grep -q '^Remv' <<<"$plan"; then
    say "postroom: apt would remove packages; nothing is installed"
    return 0
  fi
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made=yes
  fi
  echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    </dev/null >/dev/null || say "postroom: apt-get failed; the rings without a server are skipped"
  [ -z "$made" ] || rm -f "$policy"
}

# The program works where it was called, as if it were installed: that folder holds its files, never this one by itself.
postroom() {
  local program="$PWD/$venv/bin/postroom"
  cd "$called_from"
  exec "$program" "$@"
}

check() {
  "$venv/bin/ruff" format --check --quiet . || fail "not formatted: ./do format"
  "$venv/bin/ruff" check --quiet .
  "$venv/bin/mypy" --no-error-summary
  "$venv/bin/lint-imports" >/dev/null || "$venv/bin/lint-imports"
}

usage() {
  cat <<'USAGE'
./do demo [--once]   the main job on embedded servers, with sample mail
./do test [ARGS]     all checks and tests; ARGS go to pytest
./do check           formatting, lint, types, import contracts
./do format          format and mend what can be mended
./do accuracy        how right the classifier is, on a corpus and on our own mails
./do bench           how fast it is, from a Dovecot to tickets with queued answers
./do soak [ARGS]     what takes longer than the tests may: kills, simulation, backlog, walks, minute; --minutes N, --first SEED
./do postroom ARGS   the program itself, in the folder where you are
./do screenshots     each page of the demo as pictures, in .screenshots/ (needs chromium); readme: those of the README
./do docs            print the commands and statuses again into docs/
./do site            build the documentation site into site/
./do lock            pin the dependencies again (needs uv)
USAGE
}

verb=${1:-help}
[ $# -eq 0 ] || shift
case $verb in
  demo) setup; postroom demo "$@" ;;
  postroom) setup; postroom "$@" ;;
  check) setup; check ;;
  format) setup; "$venv/bin/ruff" format .; "$venv/bin/ruff" check --fix . ;;
  test) setup; install_servers; check; exec "$venv/bin/pytest" -n 4 --dist worksteal "$@" ;;
  accuracy) setup; exec "$venv/bin/python" -m tests.accuracy "$@" ;;
  site) setup; site ;;
  docs) setup; exec "$venv/bin/python" -m tests.documents.write ;;
  screenshots) setup; exec "$venv/bin/python" -m tests.screenshots "$@" ;;
  bench) setup; install_servers; exec "$venv/bin/python" -m tests.bench "$@" ;;
  soak) setup; install_servers; exec "$venv/bin/python" -m tests.soak "$@" ;;
  lock)
    uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
      --extra demo --group dev "$@" pyproject.toml --output-file requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
      --group site "$@" --output-file site.lock ;;
  help | --help | -h) usage ;;
  *) usage >&2; fail "there is no verb \"$verb\"" ;;
esac
