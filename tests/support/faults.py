"""What a system may lack or do wrong, for a private httpd: no shared memory, a clock that is off. Standard library only.

    faults = Faults("reload")
    with PrivateHttpd(..., environment=faults.environment) as server:
        faults.shared_memory(False)
        faults.clock(86400)
"""

import os
import subprocess
import sys
from pathlib import Path

from support.machine import WORK


class Faults:
    """place: a directory below WORK, for its files; everybody may read them, and httpd's children do."""

    def __init__(self, place):
        folder = (WORK / f"{place}.faults").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        library = folder / "faults.so"
        source = Path(__file__).with_name("faults.c")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.switch, self.offset = folder / "no_shared_memory", folder / "clock"
        self.shared_memory(True)
        self.offset.write_bytes(bytes(8))
        preload = os.environ.get("HTTPD_LD_PRELOAD", "")
        self.environment = {
            "LD_PRELOAD": f"{preload} {library}".strip(), "FAULTS_NO_SHARED_MEMORY": str(self.switch),
            "FAULTS_CLOCK": str(self.offset),
        }

    def shared_memory(self, is_there):
        """Whether there is any that is new."""
        if is_there:
            self.switch.unlink(missing_ok=True)
        else:
            self.switch.touch()

    def clock(self, seconds):
        """Puts the time of day so many seconds off, for all processes at once."""
        with open(self.offset, "r+b") as file:  # in place, since it is mapped
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))
