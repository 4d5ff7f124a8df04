"""Slimming: what of Qt, Python and the build host does not go into the bundle.

Libraries of the build host stay out, but for those Python's own modules need and a
desktop need not have: an older libstdc++, GLib or X11 than the machine's own breaks
its graphics driver. The packages name them as requirements instead.
"""

import re
import sys
from pathlib import PurePath

MODULES = [
    "PySide6.QtDBus", "PySide6.QtDesigner", "PySide6.QtHelp",
    "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets",
    "PySide6.QtPrintSupport", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets",
    "PySide6.QtSql", "PySide6.QtTest", "PySide6.QtUiTools", "PySide6.QtXml",
    "tkinter", "turtle", "idlelib", "lib2to3", "ensurepip", "pydoc_data", "readline", "curses",
    "pip", "setuptools", "pkg_resources", "PyInstaller", "IPython", "numpy", "PIL",
    # Of the tools packages are made with.
    "attr", "attrs", "chardet", "lxml", "jsonschema",
    # Needed by httpx's command line alone.
    "rich", "click",
]  # fmt: skip

PLUGINS = {
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    "imageformats": {"qjpeg", "qgif", "qwebp", "qsvg", "qico", "qicns"},
    "iconengines": {"qsvgicon"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin", "ibusplatforminputcontextplugin",
    },
    "platformthemes": {"qxdgdesktopportal"},
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "wayland-shell-integration": {"xdg-shell"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl", "wayland-egl"},
    "wayland-decoration-client": {"bradient", "adwaita"},
    "xcbglintegrations": {"qxcb-glx-integration", "qxcb-egl-integration"},
}  # fmt: skip

# Read by what is told of: the one asks for its backends, the other for its own version.
# Other files of theirs hold the sums of scripts, in which the builder's folder stands.
_TOLD = re.compile(r"(keyring|latex2mathml)-[^/]*\.dist-info/(METADATA|entry_points\.txt)$")
# Certificates are the system's.
_UNREAD = {"py.typed", "cacert.pem"}
_HOST = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/")
# What Python's own modules need, and what not every desktop has of X11.
_TAKEN = re.compile(
    r"lib(ssl|crypto|sqlite3|ffi|lzma|bz2|expat|mpdec|uuid|python3[.\d]*"
    r"|xcb-(cursor|icccm|image|keysyms|render-util|util))\b[-.\d]*(so.*)?$"
)
_UNUSED = re.compile(
    r"(lib)?Qt6(Qml|Quick|OpenGLWidgets|Pdf|Sql|Test|PrintSupport|Designer|Help|Xml|EglFS|EglFs"
    r"|WlShell|VirtualKey)"
)
# On Windows: an OpenGL in software and Direct3D's compiler. Widgets are painted without.
_RENDERERS = ("opengl32sw", "d3dcompiler_")


def keeps(name: str, source: str) -> bool:
    """Return whether a file goes into the bundle; by its place there, and where it is from."""
    path = PurePath(name.replace("\\", "/"))
    if "plugins" in path.parts:
        kind = path.parts[path.parts.index("plugins") + 1]
        return stem(path.name) in PLUGINS.get(kind, set())
    if ".dist-info" in name:
        return bool(_TOLD.match(path.as_posix()))
    if path.name in _UNREAD or "translations" in path.parts or _UNUSED.match(path.name):
        return False
    if path.name.lower().startswith(_RENDERERS):
        return False
    if sys.platform.startswith("linux") and source.startswith(_HOST):
        return bool(_TAKEN.match(path.name)) or "lib-dynload" in source or "/python3" in source
    return True


def stem(name: str) -> str:
    """Return the name of a plugin as all systems have it: `libqxcb.so` is `qxcb`."""
    return PurePath(name.removeprefix("lib")).stem
