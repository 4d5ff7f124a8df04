#!/bin/sh
# Installs Coprime for the person who runs this, below ~/.local. Needs no root.
#   ./install.sh              install, or replace an older version
#   ./install.sh --uninstall  remove the program; conversations stay
set -eu

: "${HOME:?is not set}"

# A folder as the environment names it, or the usual one: relative ones do not count.
folder() {
    case "$1" in
    /*) printf '%s' "$1" ;;
    *) printf '%s' "$2" ;;
    esac
}

base=$(folder "${XDG_DATA_HOME:-}" "$HOME/.local/share")
lib="$HOME/.local/lib/@COMMAND@"
new="$HOME/.local/lib/.@COMMAND@.new"
old="$HOME/.local/lib/.@COMMAND@.old"
link="$HOME/.local/bin/@COMMAND@"

# What an earlier run wrote down: where it put its files, then each folder it made.
installed=$base
made=
for each in "$lib" "$old"; do
    if [ -f "$each/installed.txt" ]; then
        installed=$(sed 1q "$each/installed.txt")
        made=$(sed 1d "$each/installed.txt")
        break
    fi
done

# Makes a folder, and remembers which ones on the way to it were not there.
make() {
    if [ ! -d "$1" ]; then
        make "$(dirname -- "$1")"
        mkdir -- "$1"
        made="$made
$1"
    fi
}

# Inner folders first; one that holds something of others stays.
remove_made() {
    printf '%s\n' "$made" | LC_ALL=C sort -r | while IFS= read -r each; do
        if [ -n "$each" ]; then rmdir -- "$each" 2>/dev/null || true; fi
    done
}

is_ours() { [ "$(readlink "$link" 2>/dev/null || true)" = "$lib/@COMMAND@" ]; }

remove_share() {
    rm -f "$1/applications/@APP_ID@.desktop" "$1/metainfo/@APP_ID@.metainfo.xml" \
        "$1/man/man1/@COMMAND@.1.gz" "$1"/icons/hicolor/*/apps/@APP_ID@.*
}

# Desktops look again when the folder is newer; a cache is renewed where somebody keeps one.
refresh() {
    if [ -d "$1/icons/hicolor" ]; then touch "$1/icons/hicolor"; fi
    if [ -f "$1/icons/hicolor/icon-theme.cache" ]; then
        gtk-update-icon-cache -q -t "$1/icons/hicolor" 2>/dev/null || true
    fi
}

# What lies beside the installed program has nothing to install.
if [ "${0##*/}" = uninstall.sh ]; then set -- --uninstall; fi
case "${1:-}" in
'' | --uninstall) ;;
*)
    echo "usage: $0 [--uninstall]" >&2
    exit 2
    ;;
esac

if [ "${1:-}" = --uninstall ]; then
    if is_ours; then rm -f "$link"; fi
    remove_share "$installed"
    refresh "$installed"
    rm -rf "$lib" "$new" "$old"
    remove_made
    echo "Coprime is removed. Conversations stay in $installed/@COMMAND@, settings in"
    echo "$(folder "${XDG_CONFIG_HOME:-}" "$HOME/.config")/@COMMAND@, the log in" \
        "$(folder "${XDG_STATE_HOME:-}" "$HOME/.local/state")/@COMMAND@;"
    echo "keys stay in the keyring until they are deleted there."
    exit 0
fi

# The old version stays whole until the new one is, however this ends.
finish() {
    rm -rf "$new"
    if [ ! -e "$lib" ] && [ -e "$old" ]; then mv "$old" "$lib"; fi
    if [ ! -e "$lib" ]; then remove_made; fi
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
make "$HOME/.local/lib"
make "$HOME/.local/bin"
make "$base"
for each in $(cd "$here/share" && find ./* -type d); do make "$base/${each#./}"; done
rm -rf "$new"
cp -R "$here/lib/@COMMAND@" "$new"
cp "$here/install.sh" "$new/uninstall.sh"
printf '%s\n%s\n' "$base" "$made" | sed '/^$/d' >"$new/installed.txt"
if [ -e "$lib" ]; then
    rm -rf "$old"
    mv "$lib" "$old"
fi
mv "$new" "$lib"
rm -rf "$old"

remove_share "$installed"
cp -R "$here/share/." "$base/"
# A desktop file quotes blanks, quotes and backslashes of a path.
program=$(printf '%s' "$lib/@COMMAND@" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
sed "s|@PROGRAM@|\"$(printf '%s' "$program" | sed 's/[&|\\]/\\&/g')\"|" \
    "$here/share/applications/@APP_ID@.desktop" >"$base/applications/@APP_ID@.desktop"
refresh "$base"

start="$lib/@COMMAND@"
if is_ours || { [ ! -e "$link" ] && [ ! -L "$link" ]; }; then
    start=$link
    ln -sf "$lib/@COMMAND@" "$link"
else
    echo "$link is not Coprime's and stays as it is."
fi
echo "Coprime @VERSION@ is installed. Start it from the menu, or with $start"
case ":$PATH:" in
*":${link%/*}:"*) ;;
*) echo "(${link%/*} is not in your PATH.)" ;;
esac
echo "To remove it: $lib/uninstall.sh"
