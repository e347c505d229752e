"""The server: the SPARQL endpoint under its limits, and the pages; the one table from errors to statuses."""

from mandategraph.server.app import application, run

__all__ = ["application", "run"]
