#!/bin/sh
# Has the disk image prove itself: mount, copy, signature, version, self-test.
# Called with the disk image and the version.
set -eu
image=$1
version=$2
place=$(mktemp -d)
finish() {
    hdiutil detach -quiet "$place/mounted" 2>/dev/null || true
    rm -rf "$place"
}
trap finish EXIT
mkdir "$place/mounted"
hdiutil attach -quiet -readonly -nobrowse -mountpoint "$place/mounted" "$image"
test -L "$place/mounted/Applications"
ditto "$place/mounted/Coprime.app" "$place/Coprime.app"
codesign --verify --deep --strict "$place/Coprime.app"
program="$place/Coprime.app/Contents/MacOS/coprime"
said=$("$program" --version)
if [ "$said" != "Coprime $version" ]; then
    echo "$program says: $said" >&2
    exit 1
fi
QT_QPA_PLATFORM=offscreen "$program" --self-test
