#!/bin/sh
# Installs what a lock file pins into an environment, and the programme from its sources: `pinned.sh PYTHON LOCK`. Every
# file must have one of the hashes of the lock; a file that has none stops everything. Nothing else is built.
set -u

python=$1
lock=$2
log=$(mktemp) || { echo "No temporary file could be written." >&2; exit 1; }
trap 'rm -f "$log"' EXIT

# Without build isolation: an environment of pip's own for the build would not be pinned.
"$python" -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r "$lock" >"$log" 2>&1 &&
  "$python" -m pip install --quiet --no-deps --no-build-isolation --editable . >"$log" 2>&1 &&
  "$python" -m pip check >"$log" 2>&1 &&
  exit 0

if grep -q "DO NOT MATCH THE HASHES" "$log"; then
  sed -n '/DO NOT MATCH/,$p' "$log" >&2
  echo "A file that was offered is not the one that $lock pins. Nothing of it is installed; do not go on with it." >&2
elif grep -q "^ERROR: No matching distribution" "$log"; then
  lacking=$(sed -n 's/^ERROR: No matching distribution found for \([^ ]*\).*/\1/p' "$log" | head -n 1)
  system=$("$python" -c 'import platform, sys; print(f"Python {platform.python_version()} on {platform.platform()}")')
  echo "$lock pins no file of $lacking that fits $system. \`make newest\` runs with what is newest instead." >&2
else
  tail -n 20 "$log" >&2
  echo "What $lock pins could not be installed." >&2
fi
exit 1
