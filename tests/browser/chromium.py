"""Headless Chromium, as far as these tests need it: a page's document as the browser made it, and a picture.
Standard library only."""

import os
import shutil
import subprocess
import tempfile


def starts(program):
    """Ubuntu's packages of that name are scripts that ask for a snap."""
    return program and subprocess.run([program, "--version"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL).returncode == 0


PROGRAM = next(filter(starts, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# The flags keep the browser from calling home: it is to talk to the private httpd alone.
FLAGS = """--headless --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb""".split()


def run(*arguments):
    # A profile of its own; and Chromium has no sandbox for root.
    with tempfile.TemporaryDirectory() as profile:
        flags = [*FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        done = subprocess.run(
            [PROGRAM, *flags, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=90
        )
    if done.returncode:
        raise RuntimeError(f"{PROGRAM} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout.decode()


def document(url, *arguments):
    """The document as HTML, after its scripts, if it has any, have run."""
    return run("--virtual-time-budget=5000", *arguments, "--dump-dom", url)


def picture(url, file, width, height):
    run(f"--window-size={width},{height}", f"--screenshot={file}", url)
