"""Compiles rules/ to rules.json while a wheel is built; an editable install reads rules/ itself."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            build_data["force_include_editable"] = {}
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from wres_assure.rulebook.compile import compile_folder

        self._folder = tempfile.TemporaryDirectory()
        compiled = Path(self._folder.name) / "rules.json"
        text = json.dumps(compile_folder(root / "rules"), ensure_ascii=False, separators=(",", ":"))
        compiled.write_text(text, encoding="utf-8")
        build_data["force_include"][str(compiled)] = "wres_assure/data/rules.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()
