"""The command line: arguments to calls, errors to exit codes; nothing else."""

from mandategraph.cli.app import main

__all__ = ["main"]
