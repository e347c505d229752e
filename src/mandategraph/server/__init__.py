"""The server: the assembly of its routes, and the one table from errors to statuses."""

from mandategraph.server.app import application, run

__all__ = ["application", "run"]
