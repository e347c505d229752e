"""rdflib-endpoint over a file of quads, in a child that is forked anew when it was killed: it stops no query itself.

Run by the Python of its own environment. Its own command would make all graphs the default graph; here the default
graph is that of the file. Everything else is as its command has it.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint


def served(data: Dataset, port: int) -> NoReturn:
    """Serve until killed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    uvicorn.run(SparqlEndpoint(graph=data, path="/"), host="127.0.0.1", port=port, log_level="warning")
    sys.exit()


def main() -> None:
    """Load the file named, and serve it on the port named."""
    data = Dataset()
    data.parse(sys.argv[1], format="nquads")
    child = 0

    def end(_number: int, _frame: FrameType | None) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if not child:
            served(data, int(sys.argv[2]))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
