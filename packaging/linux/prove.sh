#!/bin/sh
# Has every package in a folder that needs no root prove itself, in a home of its own:
# install over an older one, version, self-test, remove. Called with the folder, the version
# and the kinds that have to be there; without any, all three.
#   packaging/linux/prove.sh dist 0.1.0 tar.xz run
set -eu
folder=$(CDPATH='' cd -- "$1" && pwd)
version=$2
shift 2
if [ $# = 0 ]; then set -- tar.xz run AppImage; fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
HOME="$place/home"
export HOME QT_QPA_PLATFORM=offscreen
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
lib="$HOME/.local/lib/coprime"

prove() {
    said=$("$@" --version)
    if [ "$said" != "Coprime $version" ]; then
        echo "$1 says: $said" >&2
        exit 1
    fi
    "$@" --self-test
}

# What is in the home but for what the program keeps there.
held() {
    find "$HOME" ! -path "$HOME/.cache*" ! -path '*/share/coprime*' ! -path '*/state*' \
        ! -path "$HOME/.config*" | sort
}

# Called with what installs it.
installs() {
    mkdir "$HOME"
    # Where the program will keep its own; the rest is made, and goes.
    mkdir -p "$HOME/.local/share/coprime"
    held >"$place/before"
    "$@"
    # An older one had a file that this one has not.
    touch "$lib/_internal/older.txt" "$HOME/.local/share/coprime/mine"
    "$@"
    if [ -e "$lib/_internal/older.txt" ]; then
        echo "a file of an older one stayed" >&2
        exit 1
    fi
    prove "$HOME/.local/bin/coprime"
    "$lib/uninstall.sh"
    held | diff "$place/before" - >&2
    rm "$HOME/.local/share/coprime/mine"
    rm -rf "$HOME"
}

for kind in "$@"; do
    set -- "$folder"/coprime-"$version"-linux-*."$kind"
    if [ $# != 1 ] || [ ! -f "$1" ]; then
        echo "There should be one .$kind of $version in $folder." >&2
        exit 1
    fi
    echo "── $1"
    case $kind in
    tar.xz)
        mkdir "$place/unpacked"
        tar -xf "$1" -C "$place/unpacked"
        installs sh "$place"/unpacked/coprime-*/install.sh
        ;;
    run) installs sh "$1" --nox11 ;;
    AppImage)
        # Without FUSE, which a build machine need not have.
        APPIMAGE_EXTRACT_AND_RUN=1
        export APPIMAGE_EXTRACT_AND_RUN
        mkdir "$HOME"
        prove "$1"
        rm -rf "$HOME"
        ;;
    *)
        echo "Not proved here: $kind" >&2
        exit 2
        ;;
    esac
done
