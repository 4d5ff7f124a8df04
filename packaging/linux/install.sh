#!/bin/sh
# Installs Coprime for the person who runs this, below ~/.local. Needs no root.
#   ./install.sh              install, or replace an older version
#   ./install.sh --uninstall  remove the program; conversations stay
set -eu

: "${HOME:?is not set}"
case "${XDG_DATA_HOME:-}" in
/*) base="$XDG_DATA_HOME" ;;
*) base="$HOME/.local/share" ;;
esac
lib="$HOME/.local/lib/@COMMAND@"
bin="$HOME/.local/bin"
data="$base/@COMMAND@"

remove() {
    rm -rf "$lib" "$lib.new" "$lib".old.*
    rm -f "$base/applications/@APP_ID@.desktop" "$base/metainfo/@APP_ID@.metainfo.xml" \
        "$base/man/man1/@COMMAND@.1.gz"
    for picture in "$base"/icons/hicolor/*/apps/@APP_ID@.*; do
        if [ -e "$picture" ]; then rm -f "$picture"; fi
    done
    if [ "$(readlink "$bin/@COMMAND@" 2>/dev/null || true)" = "$lib/@COMMAND@" ]; then
        rm -f "$bin/@COMMAND@"
    fi
}

refresh() {
    # Menus notice by themselves as well; this is quicker where the programs exist.
    update-desktop-database -q "$base/applications" 2>/dev/null || true
    gtk-update-icon-cache -q -t "$base/icons/hicolor" 2>/dev/null || true
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
    remove
    refresh
    echo "Coprime is removed. Conversations stay in $data;"
    echo "keys stay in the keyring until they are deleted there."
    exit 0
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$HOME/.local/lib" "$bin" "$base"
# The old version stays whole until the new one is.
rm -rf "$lib.new"
cp -R "$here/lib/@COMMAND@" "$lib.new"
remove_old="$lib.old.$$"
if [ -e "$lib" ]; then mv "$lib" "$remove_old"; fi
mv "$lib.new" "$lib"
rm -rf "$remove_old"
ln -sf "$lib/@COMMAND@" "$bin/@COMMAND@"
cp -R "$here/share/." "$base/"
# A desktop file quotes blanks, quotes and backslashes of a path.
program=$(printf '%s' "$lib/@COMMAND@" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
sed "s|@PROGRAM@|\"$(printf '%s' "$program" | sed 's/[&|\\]/\\&/g')\"|" \
    "$here/share/applications/@APP_ID@.desktop" >"$base/applications/@APP_ID@.desktop"
cp "$here/install.sh" "$lib/uninstall.sh"
refresh

echo "Coprime @VERSION@ is installed. Start it from the menu, or with $bin/@COMMAND@"
case ":$PATH:" in
*":$bin:"*) ;;
*) echo "($bin is not in your PATH.)" ;;
esac
echo "To remove it: $lib/uninstall.sh --uninstall"
