"""What the tests of `deploy/` share: tools that a machine may lack, which `.ci/deploy` installs and then insists on."""

import os
import shutil
from pathlib import Path

import pytest

from serving import ROOT

DEPLOY = ROOT / "deploy"
INSISTED = bool(os.environ.get("MANDATEGRAPH_DEPLOY"))


def need(*tools: str, root: bool = False) -> None:
    """Skip a test where a tool or the rights of root are missing; fail it where they are insisted on."""
    missing = [tool for tool in tools if not (Path(tool).exists() if "/" in tool else shutil.which(tool))]
    if root and os.geteuid():
        missing.append("the rights of root")
    if missing:
        reason = f"not here: {', '.join(missing)}; 'make deploy' installs what it can"
        (pytest.fail if INSISTED else pytest.skip)(reason)
