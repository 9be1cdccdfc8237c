#!/bin/sh
# Installs the programs that tests hold our files against, where they are missing: LibreOffice (reads and recalculates
# workbooks, lays out Word documents), Chromium (opens pages), a font as wide as Arial (prints them) and Poppler (reads PDFs), and by npm
# axe-core (judges pages) and Pyodide (the Python of a browser). Quick where all are there; needs apt-get where not.
set -u

lacking=""
soffice=$(command -v soffice) || lacking="$lacking libreoffice-calc-nogui"
# soffice is there without its Writer, too.
writer() { [ -n "$soffice" ] && find "$(dirname "$(readlink -f "$soffice")")/.." -name "libswlo.*" | grep -q .; }
writer || lacking="$lacking libreoffice-writer-nogui"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || lacking="$lacking chromium"
command -v pdftotext >/dev/null 2>&1 || lacking="$lacking poppler-utils"
# A bare machine has DejaVu Sans alone, a sixth wider than what offices have, and a briefing spills to a third page.
if command -v fc-list >/dev/null 2>&1; then
  [ -n "$(fc-list Arial family; fc-list "Liberation Sans" family)" ] || lacking="$lacking fonts-liberation2"
elif [ -n "$lacking" ]; then
  lacking="$lacking fonts-liberation2"
fi
here=$(dirname "$0")
modules="$here/node_modules"
of_npm() { [ -f "$modules/axe-core/axe.min.js" ] && [ -f "$modules/pyodide/pyodide.mjs" ]; }
of_npm || command -v npm >/dev/null 2>&1 || lacking="$lacking npm"

cannot() {
  echo "The tests need these programs, which $1:$lacking. Install them, then run this again." >&2
  exit 1
}

log=$(mktemp) || { echo "No temporary file could be written." >&2; exit 1; }
trap 'rm -f "$log"' EXIT

packages_of_npm() {
  of_npm && return
  npm install --prefix "$here" --no-audit --no-fund --no-package-lock --ignore-scripts >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "npm could not install what tests/package.json names." >&2
    exit 1
  }
}

[ -n "$lacking" ] || { packages_of_npm; exit 0; }

command -v apt-get >/dev/null 2>&1 || cannot "are missing, and this machine has no apt-get to install them with"
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null ||
    cannot "are missing, and only root or sudo without a password can install them"
  as_root="sudo"
fi

# Another apt may be at work, as on a machine that has just started: wait for it.
apt="apt-get -o DPkg::Lock::Timeout=600"
# shellcheck disable=SC2086
$as_root $apt update >"$log" 2>&1 # a list that is out of date may still do
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends $lacking >>"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  cannot "apt-get could not install"
}
packages_of_npm
