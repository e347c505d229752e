"""A Containerfile as its steps, and the steps of a stage carried out on this machine, in a folder of their own."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_DOES_NOTHING_HERE = frozenset({"LABEL", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "USER", "ENV", "ENTRYPOINT", "CMD"})


@dataclass(frozen=True)
class Step:
    """An instruction and what stands behind it."""

    word: str
    rest: str


def stages(text: str) -> list[list[Step]]:
    """The steps of a Containerfile, stage by stage; each begins with its FROM."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    found: list[list[Step]] = []
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, rest))
    return found


def of(stage: list[Step], word: str) -> list[str]:
    """What stands behind every instruction of a kind."""
    return [step.rest for step in stage if step.word == word]


def carry_out(stage: list[Step], context: Path, folder: Path, prefix: Path) -> None:
    """Copy and run what a stage copies and runs.

    Its working directory is below `folder` and its PREFIX is `prefix`; nothing is there but what it copies.
    """
    work = folder
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "PREFIX": str(prefix), "HOME": str(folder)}
    for step in stage[1:]:
        if step.word == "WORKDIR":
            work = folder / step.rest.strip("/")
            work.mkdir(parents=True)
        elif step.word == "COPY":
            *names, target = shlex.split(step.rest)
            _copy(context, names, work, target)
        elif step.word == "RUN":
            done = subprocess.run(
                ["/bin/sh", "-c", step.rest], cwd=work, env=environment, capture_output=True, check=False
            )
            assert done.returncode == 0, f"{step.rest}\n{done.stdout.decode()}{done.stderr.decode()}"
        else:
            assert step.word in {"ARG", *_DOES_NOTHING_HERE}, step


def _copy(context: Path, names: list[str], work: Path, target: str) -> None:
    for name in names:
        source = context / name
        if source.is_dir():
            shutil.copytree(source, work / target, dirs_exist_ok=True)
        elif target.endswith("/"):
            (work / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, work / target / source.name)
        else:
            shutil.copy(source, work / target)
