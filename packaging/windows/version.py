"""Version: what Windows shows of the program among its properties, for PyInstaller."""

from pathlib import Path

from identity import COMMAND, COPYRIGHT, MAINTAINER, NAME, SUMMARY, VERSION, quad

# English of the United States, in Unicode.
_LANGUAGE, _CHARACTERS = 0x0409, 1200


def resource() -> str:
    """Return the version resource, as PyInstaller reads it: a Python expression."""
    numbers = ", ".join(quad().split("."))
    strings = {
        "CompanyName": MAINTAINER,
        "FileDescription": NAME,
        "FileVersion": VERSION,
        "InternalName": COMMAND,
        "LegalCopyright": COPYRIGHT,
        "OriginalFilename": f"{COMMAND}.exe",
        "ProductName": NAME,
        "ProductVersion": VERSION,
        "Comments": SUMMARY,
    }
    listed = ",\n      ".join(f"StringStruct({k!r}, {v!r})" for k, v in strings.items())
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers=({numbers}), prodvers=({numbers}), mask=0x3f,\n"
        "    flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        "  kids=[\n"
        f"    StringFileInfo([StringTable('{_LANGUAGE:04x}{_CHARACTERS:04x}', [\n"
        f"      {listed}])]),\n"
        f"    VarFileInfo([VarStruct('Translation', [{_LANGUAGE}, {_CHARACTERS}])])])\n"
    )


def write(path: Path) -> Path:
    """Write the resource into a file; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(resource(), encoding="utf-8")
    return path
