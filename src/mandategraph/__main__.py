"""Run the command line with `python -m mandategraph`."""

from mandategraph.cli import main

main()
