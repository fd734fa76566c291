"""The core alone, by its own program (core/core_bench.cpp), whose table is taken as it is."""

import os
import subprocess
from pathlib import Path


def run(say):
    program = Path(os.environ.get("CORE_BENCH", "build/bench-core/core_bench"))
    if not program.exists():
        return {"text": ""}
    say("core: to parse and decide, instructions and nanoseconds")
    result = subprocess.run([str(program)], stdout=subprocess.PIPE, text=True)
    return {"text": result.stdout}
