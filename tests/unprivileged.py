"""How a test runs a command without rights: as another user, where the whole file system is read-only."""

import os
import shutil
import subprocess

_READ_ONLY = (
    "mount --make-rprivate / && "
    "for each in $(cut -d' ' -f2 /proc/self/mounts); do "
    'case $each in /proc*|/sys*|/dev*) ;; *) mount -o remount,bind,ro "$each" || exit 1 ;; esac; done; '
    'exec "$@"'
)


def unprivileged(user: str, group: str, *kept: str) -> tuple[str, ...]:
    """What runs another command so: the command before it; of the capabilities some may be kept."""
    rights = ",".join(["-all", *(f"+{each}" for each in kept)])
    return (
        *("unshare", "--mount", "sh", "-c", _READ_ONLY, "sh"),
        *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"),
        *(f"--inh-caps={rights}", f"--ambient-caps={rights}", f"--bounding-set={rights}"),
    )


def missing() -> str:
    """What keeps this machine from running a command so; nothing if it can."""
    if os.geteuid():
        return "another user's rights are taken on by root only"
    if not all(map(shutil.which, ("unshare", "setpriv"))):
        return "unshare and setpriv are not installed"
    done = subprocess.run([*unprivileged("65534", "65534"), "true"], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""
