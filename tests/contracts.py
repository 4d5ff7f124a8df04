"""An import contract that tells the modules of one library apart.

import-linter sees a library as a whole; which rooms may use QtWidgets and
which only QtCore is read from the import statements themselves.
"""

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ModulesOfLibrary(Contract):
    """Forbids source modules to import certain modules of a library."""

    source_modules = fields.ListField(subfield=fields.ModuleField())
    library = fields.StringField()
    forbidden = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return whether no source module names a forbidden module of the library."""
        library = str(self.library)
        pattern = re.compile(rf"\b{library}\.({'|'.join(self.forbidden)})\b")  # type: ignore[arg-type]
        broken = []
        for room in self.source_modules:  # type: ignore[attr-defined]
            for module in {room.name, *graph.find_descendants(room.name)}:
                if not graph.direct_import_exists(importer=module, imported=library):
                    continue
                for line in graph.get_import_details(importer=module, imported=library):
                    if pattern.search(line["line_contents"]):
                        broken.append(f"{module}:{line['line_number']}: {line['line_contents']}")
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the import statements that break the contract."""
        for line in check.metadata["broken"]:
            output.print_error(line)
