#!/bin/sh
# Has every package in a folder that needs no root prove itself, in a home of its own:
# install, version, self-test, remove. Called with the folder and the version.
#   packaging/linux/prove.sh dist 0.1.0
set -eu
folder=$(CDPATH='' cd -- "$1" && pwd)
version=$2
HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
export HOME QT_QPA_PLATFORM=offscreen
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME

prove() {
    said=$("$@" --version)
    if [ "$said" != "Coprime $version" ]; then
        echo "$1 says: $said" >&2
        exit 1
    fi
    "$@" --self-test
}

removed() {
    "$HOME/.local/lib/coprime/uninstall.sh" --uninstall
    left=$(find "$HOME/.local" -name '*oprime*' -not -path '*/share/coprime*' \
        -not -path '*/state/*')
    if [ -n "$left" ]; then
        echo "left behind: $left" >&2
        exit 1
    fi
}

for package in "$folder"/coprime-"$version"-linux-*; do
    echo "── $package"
    case $package in
    *.tar.xz)
        mkdir "$HOME/unpacked"
        tar -xf "$package" -C "$HOME/unpacked"
        sh "$HOME"/unpacked/coprime-*/install.sh
        prove "$HOME/.local/bin/coprime"
        removed
        ;;
    *.run)
        sh "$package" --nox11
        prove "$HOME/.local/bin/coprime"
        removed
        ;;
    *.AppImage)
        # Without FUSE, which a build machine need not have.
        APPIMAGE_EXTRACT_AND_RUN=1
        export APPIMAGE_EXTRACT_AND_RUN
        prove "$package"
        ;;
    esac
done
